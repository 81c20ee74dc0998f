//! A made-up estate: the same for the same seed.

use std::collections::BTreeMap;

use groma_model::ThingId;
use groma_search::Document;
use uuid::Uuid;

const KINDS: &[(&str, &str, &str)] = &[
    ("aws.ec2.instance", "instance/i-", "running stopped terminated"),
    ("aws.ec2.security_group", "security-group/sg-", ""),
    ("aws.ec2.volume", "volume/vol-", "available in-use"),
    ("aws.s3.bucket", "", ""),
    ("aws.rds.instance", "db:", "available stopped"),
    ("aws.lambda.function", "function:", "active"),
    ("aws.iam.role", "role/", ""),
    ("aws.elbv2.load_balancer", "loadbalancer/app/", "active"),
    ("network.host", "", "up down"),
    ("network.service", "", "open"),
    ("vm.machine", "", "running stopped paused"),
];
const REGIONS: &[&str] =
    &["eu-west-3", "eu-central-1", "eu-west-1", "us-east-1", "us-west-2", "ap-southeast-2"];
const PURPOSES: &[&str] = &[
    "web",
    "api",
    "orders",
    "billing",
    "search",
    "auth",
    "cache",
    "worker",
    "postgres",
    "mysql",
    "redis",
    "kafka",
    "grafana",
    "jenkins",
    "mail",
    "proxy",
    "backup",
    "monitor",
    "gateway",
    "warehouse",
];
const ENVIRONMENTS: &[&str] = &["production", "staging", "development", "test"];
const SHORT: &[&str] = &["prod", "stage", "dev", "test"];

/// Returns the id of the number-th thing.
pub fn id(number: usize) -> ThingId {
    ThingId::from_uuid(Uuid::new_v5(&Uuid::NAMESPACE_OID, &number.to_be_bytes()))
}

/// Makes the number-th thing.
pub fn document(number: usize, random: &mut fastrand::Rng) -> Document {
    let (kind, path, states) = KINDS[random.usize(..KINDS.len())];
    let states: Vec<&str> = states.split(' ').collect();
    let purpose = PURPOSES[random.usize(..PURPOSES.len())];
    let environment = random.usize(..4);
    let region = REGIONS[random.usize(..REGIONS.len())];
    let account = format!("{:012}", 100_000_000_000u64 + random.u64(..40));
    let name = format!("{}-{purpose}-{number:05}", SHORT[environment]);
    let native = format!("{path}{:017x}", random.u64(..));
    let cloud = kind.starts_with("aws.");
    let octet = |shift: usize| number >> shift & 255;
    let address = format!("10.{}.{}.{}", octet(16), octet(8), octet(0));
    let identifiers = if cloud {
        let service = kind.split('.').nth(1).unwrap_or_default();
        vec![native.clone(), format!("arn:aws:{service}:{region}:{account}:{native}"), address]
    } else {
        vec![address, format!("{name}.example.internal")]
    };
    let tags = [
        ("Name", name.clone()),
        ("env", ENVIRONMENTS[environment].to_owned()),
        ("team", format!("team-{}", random.usize(..30))),
        ("cost-center", format!("{}", 1000 + random.usize(..200))),
    ];
    let time =
        1_760_000_000_000_000 + i64::try_from(random.u64(..10_000_000)).unwrap_or_default() * 1_000_000;
    Document {
        id: id(number),
        kind: kind.to_owned(),
        state: states[random.usize(..states.len())].to_owned(),
        account: cloud.then_some(account),
        region: cloud.then(|| region.to_owned()),
        connection: (kind == "vm.machine").then(|| format!("qemu+ssh://host-{}/system", random.usize(..5))),
        segment: (kind == "network.host").then(|| "home".to_owned()),
        subnet: cloud.then(|| format!("subnet-{:04}", random.usize(..500))),
        name,
        identifiers,
        tags: tags.into_iter().map(|(key, value)| (key.to_owned(), value)).collect::<BTreeMap<_, _>>(),
        words: format!(
            "{purpose} for the {} team, instance type m5.large, owner person{}",
            SHORT[environment],
            random.usize(..900)
        ),
        first_seen: time,
        last_seen: time + random.i64(..1_000_000_000),
        last_changed: time + random.i64(..1_000_000),
        deleted: random.usize(..50) == 0,
        version: [0; 16],
    }
}
