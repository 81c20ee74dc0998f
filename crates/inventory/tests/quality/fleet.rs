//! What the products run: much of the same in every environment, called as each team calls things.

use crate::known::{Known, account, digits};
use crate::labels::owned;

struct Product {
    name: &'static str,
    team: &'static str,
    region: &'static str,
    /// How names are made of environment, product and role.
    style: fn(Environment, &str, &str) -> String,
    /// How the environment is tagged.
    tag: &'static str,
    engine: &'static str,
    servers: &'static [&'static str],
    lambdas: &'static [&'static str],
    queues: &'static [&'static str],
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Environment {
    account: &'static str,
    short: &'static str,
    long: &'static str,
}

const ENVIRONMENTS: [Environment; 3] = [
    Environment { account: "prod", short: "prod", long: "production" },
    Environment { account: "staging", short: "stg", long: "staging" },
    Environment { account: "dev", short: "dev", long: "development" },
];

fn first(env: Environment, product: &str, role: &str) -> String {
    format!("{}-{product}-{role}", env.short)
}

fn last(env: Environment, product: &str, role: &str) -> String {
    format!("{product}-{role}-{}", env.long)
}

fn camel(env: Environment, product: &str, role: &str) -> String {
    let capital = |word: &str| -> String {
        word.split('-').map(|part| format!("{}{}", part[..1].to_uppercase(), &part[1..])).collect()
    };
    format!("{}{}{}", capital(product), capital(role), capital(env.short))
}

fn low(env: Environment, product: &str, role: &str) -> String {
    format!("{product}_{}_{}", env.short, role.replace('-', "_"))
}

const PRODUCTS: [Product; 10] = [
    Product {
        name: "checkout",
        team: "payments",
        region: "eu-west-3",
        style: first,
        tag: "env",
        engine: "postgres",
        servers: &["web", "api", "worker"],
        lambdas: &["fraud-check", "refund"],
        queues: &["orders", "orders-dlq"],
    },
    Product {
        name: "catalog",
        team: "shop",
        region: "us-east-1",
        style: camel,
        tag: "Environment",
        engine: "mysql",
        servers: &["web", "api"],
        lambdas: &["price-import"],
        queues: &["price-updates"],
    },
    Product {
        name: "billing",
        team: "finance",
        region: "eu-central-1",
        style: last,
        tag: "Environment",
        engine: "postgres",
        servers: &["web", "worker"],
        lambdas: &["invoice-pdf", "dunning"],
        queues: &["invoices"],
    },
    Product {
        name: "identity",
        team: "security",
        region: "eu-west-1",
        style: first,
        tag: "stage",
        engine: "aurora-postgresql",
        servers: &["api"],
        lambdas: &["token-cleanup"],
        queues: &["signups"],
    },
    Product {
        name: "media",
        team: "content",
        region: "us-west-2",
        style: low,
        tag: "env",
        engine: "mysql",
        servers: &["api", "encoder"],
        lambdas: &["thumbnail"],
        queues: &["uploads"],
    },
    Product {
        name: "notifications",
        team: "growth",
        region: "eu-west-1",
        style: last,
        tag: "env",
        engine: "postgres",
        servers: &["api"],
        lambdas: &["email-sender", "push-sender"],
        queues: &["emails"],
    },
    Product {
        name: "reporting",
        team: "data",
        region: "eu-central-1",
        style: first,
        tag: "env",
        engine: "postgres",
        servers: &["scheduler"],
        lambdas: &["daily-report"],
        queues: &["exports"],
    },
    Product {
        name: "inventory",
        team: "logistics",
        region: "ap-southeast-2",
        style: camel,
        tag: "Stage",
        engine: "sqlserver-se",
        servers: &["web", "api"],
        lambdas: &["stock-sync"],
        queues: &["stock-changes"],
    },
    Product {
        name: "helpdesk",
        team: "care",
        region: "eu-west-2",
        style: low,
        tag: "environment",
        engine: "mariadb",
        servers: &["web"],
        lambdas: &["ticket-router"],
        queues: &["tickets"],
    },
    Product {
        name: "search",
        team: "shop",
        region: "us-east-1",
        style: first,
        tag: "Environment",
        engine: "postgres",
        servers: &["indexer", "api"],
        lambdas: &["reindex"],
        queues: &["index-jobs"],
    },
];

/// Returns everything that the products run, and the networks it is in.
pub(crate) fn all() -> Vec<Known> {
    let mut things = Vec::new();
    for product in &PRODUCTS {
        for env in ENVIRONMENTS {
            servers(product, env, &mut things);
            data(product, env, &mut things);
            functions(product, env, &mut things);
        }
    }
    networks(&mut things);
    things
}

impl Product {
    fn thing(&self, env: Environment, kind: &str, role: &str, name: &str) -> Known {
        let region = if kind.starts_with("aws.iam.") { "" } else { self.region };
        let word = if self.tag.starts_with('E') || self.tag == "stage" { env.long } else { env.short };
        let tags = [(self.tag, word), ("team", self.team)].map(owned);
        let is = [("product", self.name), ("role", role), ("env", env.account)].map(owned);
        Known::new(kind, name, env.account, region).tagged(tags).is(is)
    }

    fn arn(&self, env: Environment, service: &str, rest: &str) -> String {
        format!("arn:aws:{service}:{}:{}:{rest}", self.region, account(env.account).unwrap_or_default())
    }
}

fn servers(product: &Product, env: Environment, things: &mut Vec<Known>) {
    for (at, role) in product.servers.iter().enumerate() {
        let group = (product.style)(env, product.name, &format!("{role}-sg"));
        let rules = [("port", "443"), ("from", "10.0.0.0/8")];
        let id = format!("sg-0{}", digits(&group));
        things.push(product.thing(env, "aws.ec2.security_group", role, &group).called(&[&id]).with(&rules));
        let count = if env.account == "prod" { 2 } else { 1 };
        for number in 1..=count {
            let name = format!("{}-{number:02}", (product.style)(env, product.name, role));
            let id = format!("i-0{}", digits(&name));
            let last = (digits(&name).bytes().map(u32::from).sum::<u32>() % 250) + 2;
            let address = format!("10.{}.{}.{last}", 100 + product.name.len(), at * 10 + number);
            let attributes =
                [("instance_type", ["m6i.large", "c6i.xlarge", "t3.small"][at % 3]), ("platform", "linux")];
            let state = if env.account == "dev" && at > 0 { "stopped" } else { "running" };
            let instance = product.thing(env, "aws.ec2.instance", role, &name).state(state);
            let arn = product.arn(env, "ec2", &format!("instance/{id}"));
            let instance = instance.called(&[&id, &arn, &address]).with(&attributes);
            things.push(instance.tagged([("Name".to_owned(), name)]));
        }
    }
    if matches!(product.servers[0], "web" | "api") && env.account != "dev" {
        let name = (product.style)(env, product.name, "alb");
        let arn =
            product.arn(env, "elasticloadbalancing", &format!("loadbalancer/app/{name}/{}", digits(&name)));
        let dns = format!("{name}-{}.{}.elb.amazonaws.com", digits(&name), product.region).to_lowercase();
        let thing = product.thing(env, "aws.elbv2.load_balancer", "alb", &name).state("active");
        things.push(thing.called(&[&arn, &dns]).with(&[("scheme", "internet-facing")]));
    }
    let name = (product.style)(env, product.name, "server-role");
    let arn = format!("arn:aws:iam::{}:role/{name}", account(env.account).unwrap_or_default());
    let thing = product.thing(env, "aws.iam.role", "server-role", &name);
    things.push(thing.called(&[&arn]).with(&[("trust", "ec2.amazonaws.com")]));
}

fn data(product: &Product, env: Environment, things: &mut Vec<Known>) {
    let name = (product.style)(env, product.name, "db").replace('_', "-").to_lowercase();
    let arn = product.arn(env, "rds", &format!("db:{name}"));
    let endpoint = format!("{name}.c9akciq32.{}.rds.amazonaws.com", product.region);
    let class = if env.account == "prod" { "db.r6g.large" } else { "db.t4g.small" };
    let attributes = [("engine", product.engine), ("instance_class", class), ("storage_gb", "200")];
    let database = product.thing(env, "aws.rds.instance", "db", &name).state("available");
    things.push(database.called(&[&arn, &endpoint]).with(&attributes));
    let group = (product.style)(env, product.name, "db-sg");
    let id = format!("sg-0{}", digits(&group));
    let thing = product.thing(env, "aws.ec2.security_group", "db", &group).called(&[&id]);
    things.push(thing.with(&[("port", "5432"), ("from", "10.0.0.0/8")]));
    let uses: &[&str] = if env.account == "prod" { &["assets", "logs"] } else { &["assets"] };
    for role in uses {
        let name = format!("acme-{}-{}-{role}", product.name, env.short);
        let arn = format!("arn:aws:s3:::{name}");
        let thing = product.thing(env, "aws.s3.bucket", role, &name).called(&[&arn]);
        things.push(thing.with(&[("encryption", "AES256"), ("versioning", "disabled")]));
    }
}

fn functions(product: &Product, env: Environment, things: &mut Vec<Known>) {
    if env.account == "dev" {
        return;
    }
    for role in product.lambdas {
        let name = (product.style)(env, product.name, role);
        let arn = product.arn(env, "lambda", &format!("function:{name}"));
        let thing = product.thing(env, "aws.lambda.function", role, &name).state("active").called(&[&arn]);
        things.push(thing.with(&[("runtime", "python3.12"), ("memory_mb", "512")]));
    }
    for role in product.queues {
        let name = (product.style)(env, product.name, role);
        let arn = product.arn(env, "sqs", &name);
        let address = format!("https://sqs.{}.amazonaws.com/{name}", product.region);
        things.push(product.thing(env, "aws.sqs.queue", role, &name).called(&[&arn, &address]));
    }
}

fn networks(things: &mut Vec<Known>) {
    let regions = ["eu-west-3", "eu-central-1", "eu-west-1", "us-east-1", "ap-southeast-2"];
    for env in ENVIRONMENTS {
        for (at, region) in regions.iter().enumerate() {
            let name = format!("{}-main", env.short);
            let id = format!("vpc-0{}", digits(&format!("{name}{region}")));
            let cidr = format!("10.{}.0.0/16", 30 + at * 10 + env.short.len());
            let vpc = Known::new("aws.ec2.vpc", &name, env.account, region).state("available");
            things.push(vpc.called(&[&id]).with(&[("cidr", &cidr)]).tagged([("Name".to_owned(), name)]));
            let id = format!("sg-0{}", digits(&format!("default{}{region}", env.account)));
            let group = Known::new("aws.ec2.security_group", "default", env.account, region).called(&[&id]);
            things.push(group.with(&[("description", "default VPC security group")]));
        }
    }
}
