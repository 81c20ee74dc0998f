//! What people type finds what they mean, without vectors.

use std::collections::BTreeMap;

use groma_model::ThingId;
use groma_search::{Correction, Document, Field, Filter, Index, Query, Why};
use uuid::Uuid;

fn thing(
    kind: &str,
    name: &str,
    region: &str,
    identifiers: &[&str],
    tags: &[(&str, &str)],
    state: &str,
) -> Document {
    let tags = tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    Document {
        id: ThingId::from_uuid(Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes())),
        kind: kind.to_owned(),
        state: state.to_owned(),
        account: kind.starts_with("aws.").then(|| "123456789012".to_owned()),
        region: (!region.is_empty()).then(|| region.to_owned()),
        connection: None,
        segment: None,
        subnet: None,
        name: name.to_owned(),
        identifiers: identifiers.iter().map(|text| (*text).to_owned()).collect(),
        tags: tags.collect::<BTreeMap<_, _>>(),
        words: String::new(),
        first_seen: 1,
        last_seen: 2,
        last_changed: 3,
        deleted: false,
        version: [0; 16],
    }
}

fn world() -> (Index, BTreeMap<ThingId, String>) {
    let documents = vec![
        thing(
            "aws.ec2.instance",
            "prod-web-01",
            "eu-west-3",
            &["i-0aaa1", "arn:aws:ec2:eu-west-3:123456789012:instance/i-0aaa1", "10.1.0.5"],
            &[("env", "production"), ("team", "shop")],
            "running",
        ),
        thing(
            "aws.ec2.instance",
            "webServer2",
            "us-east-1",
            &["i-0bbb2", "10.2.0.5"],
            &[("env", "dev")],
            "stopped",
        ),
        thing(
            "aws.rds.instance",
            "prod-postgres-main",
            "eu-central-1",
            &["db:prod-postgres-main", "prod-postgres-main.abc.eu-central-1.rds.amazonaws.com"],
            &[("env", "production")],
            "available",
        ),
        thing(
            "aws.rds.instance",
            "staging-mysql",
            "eu-west-1",
            &["db:staging-mysql"],
            &[("env", "staging")],
            "available",
        ),
        thing(
            "aws.elbv2.load_balancer",
            "shop-front",
            "eu-west-3",
            &["arn:aws:elasticloadbalancing:eu-west-3:123456789012:loadbalancer/app/shop-front/1"],
            &[("env", "production")],
            "active",
        ),
        thing(
            "aws.s3.bucket",
            "acme-invoices",
            "eu-west-2",
            &["arn:aws:s3:::acme-invoices"],
            &[("team", "billing")],
            "",
        ),
        thing(
            "aws.eks.cluster",
            "platform",
            "us-west-2",
            &["arn:aws:eks:us-west-2:123456789012:cluster/platform"],
            &[],
            "active",
        ),
        thing("aws.ec2.security_group", "default", "eu-west-3", &["sg-0ccc3"], &[], ""),
        thing(
            "aws.iam.role",
            "DeployPipeline",
            "",
            &["arn:aws:iam::123456789012:role/DeployPipeline"],
            &[],
            "",
        ),
        thing("network.host", "printer-office", "", &["192.168.1.20", "printer.home.arpa"], &[], "up"),
        thing("vm.machine", "buildbox", "", &["52:54:00:12:34:56"], &[], "running"),
        thing(
            "aws.lambda.function",
            "resize-images",
            "eu-west-3",
            &["arn:aws:lambda:eu-west-3:123456789012:function:resize-images"],
            &[],
            "active",
        ),
    ];
    let names = documents.iter().map(|document| (document.id, document.name.clone())).collect();
    let index = Index::new();
    index.upsert(documents);
    index.build_words();
    (index, names)
}

#[test]
fn people_find_what_they_mean() {
    let (index, names) = world();
    let all = Filter::default();
    for (text, expected) in [
        ("production postgres database", "prod-postgres-main"),
        ("postgresql", "prod-postgres-main"),
        ("prod db", "prod-postgres-main"),
        ("prodction postgrs", "prod-postgres-main"),
        ("mysql stage", "staging-mysql"),
        ("what is in London?", "acme-invoices"),
        ("lb in paris", "shop-front"),
        ("load balancer", "shop-front"),
        ("k8s", "platform"),
        ("kubernetes cluster oregon", "platform"),
        ("buckets of billing", "acme-invoices"),
        ("object storage", "acme-invoices"),
        ("firewall rules", "default"),
        ("web server virginia", "webServer2"),
        ("stopped vms", "webServer2"),
        ("serverless functions", "resize-images"),
        ("deploy role", "DeployPipeline"),
        ("printers", "printer-office"),
        ("192.168.1", "printer-office"),
        ("192.168.1.20", "printer-office"),
        ("I-0AAA1", "prod-web-01"),
        ("52:54:00:12:34:56", "buildbox"),
        ("the machine i-0bbb2 please", "webServer2"),
        ("arn:aws:s3:::acme-invoices", "acme-invoices"),
        ("invoi", "acme-invoices"),
        ("virtual machine build", "buildbox"),
    ] {
        let answer =
            index.search(&Query { text, vector: None, nearness: 0.0, filter: &all, limit: 5, explain: true });
        let found: Vec<&str> = answer.hits.iter().map(|hit| &*names[&hit.id]).collect();
        assert!(found.iter().take(3).any(|name| *name == expected), "`{text}`: {found:?}\n{answer:#?}");
    }
}

#[test]
fn why_says_what_was_exact_and_what_was_corrected() {
    let (index, _) = world();
    let all = Filter::default();
    let search = |text| {
        index.search(&Query { text, vector: None, nearness: 0.0, filter: &all, limit: 3, explain: true })
    };
    let exact = &search("10.1.0.5").hits[0];
    let text = "10.1.0.5".to_owned();
    assert_eq!(exact.why[0], Why::Exact { field: Field::Identifier, text });
    assert_eq!(exact.numbers.unwrap().tier, 1);
    let answer = search("prodction");
    let correction = Correction { typed: "prodction".to_owned(), taken_as: "production".to_owned() };
    assert_eq!(answer.corrected, [correction]);
    assert!(
        matches!(&answer.hits[0].why[0], Why::Words { rank: 1, corrected, .. } if *corrected == answer.corrected)
    );
    assert!(search("what is in the").hits.is_empty());
}
