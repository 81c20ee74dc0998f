//! A made-up estate: half of a cloud, half hosts and their services; the same thing for the same number.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use groma_model::network::{HostFinding, PortFinding, PortState, Protocol};
use groma_model::thing::{SliceKey, ThingFinding, ThingScope};
use groma_model::{Finding, ThingId, Timestamp};
use serde_json::{Map, Value, json};

/// Things that follow each other in numbers and belong together: some of a cloud, then a host, then its services.
pub(crate) const GROUP: usize = 10;
/// How many of them are of a cloud.
pub(crate) const CLOUD: usize = GROUP / 2;

/// Kind, service in an ARN, what a native id begins with, states.
const KINDS: [(&str, &str, &str, [&str; 2]); 8] = [
    ("aws.ec2.instance", "ec2", "instance/i-", ["running", "stopped"]),
    ("aws.ec2.volume", "ec2", "volume/vol-", ["in-use", "available"]),
    ("aws.ec2.security_group", "ec2", "security-group/sg-", ["available", "available"]),
    ("aws.rds.instance", "rds", "db:db-", ["available", "stopped"]),
    ("aws.lambda.function", "lambda", "function:fn-", ["active", "inactive"]),
    ("aws.s3.bucket", "s3", "bucket-", ["available", "available"]),
    ("aws.iam.role", "iam", "role/role-", ["available", "available"]),
    ("aws.elbv2.load_balancer", "elasticloadbalancing", "loadbalancer/app/lb-", ["active", "provisioning"]),
];
const REGIONS: [&str; 6] =
    ["eu-west-3", "eu-central-1", "eu-west-1", "us-east-1", "us-west-2", "ap-southeast-2"];
pub(crate) const PURPOSES: [&str; 24] = [
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
    "ledger",
    "payments",
    "catalogue",
    "shipping",
];
pub(crate) const ENVIRONMENTS: [(&str, &str); 4] =
    [("production", "prod"), ("staging", "stage"), ("development", "dev"), ("test", "test")];
const SIZES: [&str; 5] = ["m5.large", "t3.micro", "r6g.xlarge", "c7i.2xlarge", "m7g.medium"];
const PORTS: [u16; 12] = [22, 25, 53, 80, 110, 143, 443, 3306, 5432, 6379, 8080, 9200];
pub(crate) const TEAMS: usize = 300;
pub(crate) const OWNERS: usize = 20_000;
const ACCOUNTS: u64 = 40;

/// A resource of a cloud.
#[derive(Debug, Clone)]
pub(crate) struct Resource {
    pub(crate) id: ThingId,
    pub(crate) kind: &'static str,
    pub(crate) native: String,
    pub(crate) arn: String,
    pub(crate) name: String,
    pub(crate) account: String,
    pub(crate) region: &'static str,
    pub(crate) address: IpAddr,
    pub(crate) environment: &'static str,
    pub(crate) purpose: &'static str,
    states: [&'static str; 2],
    random: fastrand::Rng,
}

/// Makes the `number`th of all resources.
pub(crate) fn resource(number: usize) -> Resource {
    let mut random = fastrand::Rng::with_seed(number as u64);
    let (kind, service, path, states) = KINDS[number % KINDS.len()];
    let region = REGIONS[random.usize(..REGIONS.len())];
    let account = format!("{:012}", 100_000_000_000 + random.u64(..ACCOUNTS));
    let purpose = PURPOSES[random.usize(..PURPOSES.len())];
    let (environment, short) = ENVIRONMENTS[random.usize(..ENVIRONMENTS.len())];
    let native = format!("{path}{:017x}", random.u64(..));
    let [_, a, b, c] = (number as u32).to_be_bytes();
    Resource {
        id: ThingId::resource(["aws", &account, region, service, kind, &native]),
        kind,
        arn: format!("arn:aws:{service}:{region}:{account}:{native}"),
        name: format!("{short}-{purpose}-{number:06}"),
        address: Ipv4Addr::new(172, 16 + a % 16, b, c).into(),
        native,
        account,
        region,
        environment,
        purpose,
        states,
        random,
    }
}

impl Resource {
    pub(crate) fn alias(&self) -> String {
        format!("{}-{}-{}", self.account, self.region, self.native)
    }

    /// Returns what a scan reads of it; every look differs from the one before.
    fn read(mut self, look: usize, at: Timestamp) -> ThingFinding {
        let scope = ThingScope {
            account: Some(self.account.clone()),
            region: Some(self.region.to_owned()),
            ..ThingScope::default()
        };
        let (team, attributes) = (self.random.usize(..TEAMS), self.attributes(look));
        let tags = [
            ("Name", self.name.clone()),
            ("env", self.environment.to_owned()),
            ("team", format!("team-{team}")),
            ("cost-center", (1_000 + self.random.usize(..200)).to_string()),
        ];
        ThingFinding {
            id: self.id,
            kind: self.kind.to_owned(),
            alias: Some(self.alias()),
            parent: None,
            slice: Some(SliceKey { kind: self.kind.to_owned(), scope: scope.clone() }),
            scope,
            state: self.states[look % 2].to_owned(),
            identifiers: vec![self.native, self.arn, self.address.to_string()],
            name: self.name,
            tags: tags.into_iter().map(|(key, value)| (key.to_owned(), value)).collect(),
            attributes,
            readings: Map::new(),
            permissions: None,
            constraints: None,
            relations: BTreeMap::new(),
            at,
        }
    }

    fn attributes(&mut self, look: usize) -> Map<String, Value> {
        let random = &mut self.random;
        let native = |prefix: &str, number: u64| format!("{prefix}-{number:017x}");
        let fields = [
            ("instanceType", json!(SIZES[random.usize(..SIZES.len())])),
            ("imageId", json!(native("ami", random.u64(..)))),
            ("vpcId", json!(native("vpc", random.u64(..30)))),
            ("subnetId", json!(native("subnet", random.u64(..500)))),
            ("securityGroups", json!([native("sg", random.u64(..900)), native("sg", random.u64(..900))])),
            ("owner", json!(format!("person{}", random.usize(..OWNERS)))),
            ("description", json!(format!("{} of the {} environment", self.purpose, self.environment))),
            ("storage", json!({"device": "/dev/xvda", "gigabytes": random.u32(8..2_000), "encrypted": true})),
            ("monitoring", json!(random.bool())),
            ("revision", json!(look)),
        ];
        fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

/// Returns the address of the `group`th host.
pub(crate) fn address(group: usize) -> IpAddr {
    let [_, a, b, c] = (group as u32).to_be_bytes();
    Ipv4Addr::new(10, a, b, c).into()
}

/// Returns what the `look`th look at the `number`th thing finds: the same for the same look, else something else.
pub(crate) fn finding(number: usize, look: usize, at: Timestamp) -> Finding {
    let (group, place) = (number / GROUP, number % GROUP);
    if place < CLOUD {
        return Finding::Thing(Box::new(resource(group * CLOUD + place).read(look, at)));
    }
    let address = address(group);
    if place == CLOUD {
        let purpose = PURPOSES[group % PURPOSES.len()];
        return Finding::Host(HostFinding {
            address,
            hostname: Some(format!("{purpose}-{group:06}-{look}.example.internal")),
            response_time_ms: 0.5 + (group % 90) as f64 / 10.0,
            at,
            slice: None,
        });
    }
    // Four of them, all different.
    let port = PORTS[(group + (place - CLOUD) * 3) % PORTS.len()];
    let state = if look.is_multiple_of(2) { PortState::Open } else { PortState::OpenFiltered };
    Finding::Port(PortFinding { address, port, protocol: Protocol::Tcp, state, at, slice: None })
}

#[cfg(test)]
mod tests;
