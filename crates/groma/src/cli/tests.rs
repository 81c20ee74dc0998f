use clap::{CommandFactory, Parser};
use groma_api::OPERATIONS;

use super::Cli;

#[test]
fn the_command_line_is_consistent() {
    Cli::command().debug_assert();
}

#[test]
fn every_operation_names_a_command_that_exists() {
    for operation in OPERATIONS {
        let Some(line) = operation.command else { continue };
        let mut command = Cli::command();
        for word in line.split(' ').filter(|word| !word.starts_with('-') && *word != "last") {
            command = command
                .find_subcommand(word)
                .unwrap_or_else(|| panic!("{}: there is no `groma {line}`", operation.id))
                .clone();
        }
    }
}

#[test]
fn the_forms_of_the_documentation_are_understood() {
    for line in [
        "groma scan network 10.1.0.0/24 --ports 1-1024",
        "groma scan network 127.0.0.1 -p- --output ndjson",
        "groma scan network @targets --exclude 10.1.0.1,10.1.0.2 --no-ping --timeout 500ms --max-rate 100",
        "groma scans show last",
        "groma scans cancel 01936b2e-7a10-7c43-9a5e-2f0c8d1e4b77 --discard --reason done",
        "groma scans diff last 01936b2e-7a10-7c43-9a5e-2f0c8d1e4b77",
        "groma events tail --follow --since 1h --types groma.network.*,groma.system.*",
        "groma events tail --after oldest --subject scan/01936b2e-7a10-7c43-9a5e-2f0c8d1e4b77 -o ndjson",
        "groma serve --listen 127.0.0.1:7463 --data-dir /tmp/x --scan-self --open",
        "groma token create --name ci --scope read --scope scan --expires 90d",
        "groma exec -- ./deploy.sh --region eu-west-1",
        "groma exec ls -l --color",
        "groma exec --shell true --timeout 30s --silence 1m --grace 5s --plain-log",
        "groma exec --script build.sh --interpreter bash -- --release",
        "groma exec --aws -- ec2 describe-instances --region eu-west-1",
        "groma exec --dir / --env A=1 --env B= --keep-env PATH,HOME --stdin - -- env",
        "groma exec --clean-env --secret TOKEN --secret KEY=keychain:deploy --dry-run -- env",
        "groma plan run nightly.yaml --dry-run",
        "groma plan run - --max-concurrency 4 --approve 0123abcd",
        "groma plan show last",
        "groma plan cancel last --reason done",
        "groma executions list --active --status timed-out",
        "groma executions logs last --follow --stream stderr --from-line 7 --contains x",
        "groma executions logs last --tail 10",
        "groma executions cancel last --reason done",
        "groma resources list --type aws.ec2.*,network.* --tag env=prod --tag team --state running --account 1 --region eu-*",
        "groma resources list --subnet 10.1.0.0/24 --changed-since 7d --stale 2026-11-21T15:04:05Z --deleted include",
        "groma resources list --connection 01936b2e-7a10-7c43-9a5e-2f0c8d1e4b77 --sort last-seen --order asc --facets --all",
        "groma resources list --contains web --limit 1000 --cursor x",
        "groma resources show 123456789012-eu-west-1-i-0abc",
        "groma resources history 10.1.0.7 --since 7d --limit 5",
        "groma resources export --type network.* --format csv --to all.csv",
        "groma search production postgres database --account 1 --limit 5 --explain",
        "groma query @kinds.sql --limit 100000",
        "groma query - -o csv",
        "groma coverage --type network.* --state denied,failed",
        "groma model install --from https://models.example/minilm --detach",
        "groma model status",
        "groma backup target local /mnt/backups",
        "groma backup target s3 --bucket b --prefix p --region eu-west-1 --endpoint https://s3.example --access-key-id A --secret-file -",
        "groma backup schedule --every 6h --keep-last 3 --keep-daily 7 --keep-weekly 4 --keep-monthly 12 --drill-days 7",
        "groma backup schedule --daily 3",
        "groma backup schedule --off",
        "groma backup create --detach",
        "groma backup verify --full",
        "groma backup verify 3 --detach",
        "groma backup restore 3 --to /tmp/x --from /mnt/backups --replace --over-newer",
        "groma backup restore --at 2026-11-21T15:04:05Z --to x --bucket b --access-key-id A --recovery-key-file -",
        "groma backup drill",
        "groma backup status --wait",
        "groma backup cancel",
        "groma conversations create title",
        "groma conversations add 01936b2e-7a10-7c43-9a5e-2f0c8d1e4b77 - --role assistant --metadata {}",
        "groma conversations export 01936b2e-7a10-7c43-9a5e-2f0c8d1e4b77 --to talk.json",
    ] {
        if let Err(error) = Cli::try_parse_from(line.split(' ')) {
            panic!("{line}: {error}");
        }
    }
}

#[test]
fn the_commands_of_the_readme_are_understood() {
    let page = include_str!("../../../../README.md");
    let lines = page.lines().filter(|line| line.starts_with("    ") && line.contains("groma "));
    let mut count = 0;
    for line in lines.filter(|line| !line.contains("cargo ")) {
        let start = line.find("groma ").unwrap();
        let command = line[start..].split(" #").next().unwrap().split(" | ").next().unwrap();
        let command = command.trim_end().trim_end_matches(')');
        let words = shell_words::split(command).unwrap();
        let words = words.iter().map(|word| match word.as_str() {
            "ID" => "01936b2e-7a10-7c43-9a5e-2f0c8d1e4b77",
            word => word,
        });
        if let Err(error) = Cli::try_parse_from(words) {
            panic!("{command}: {error}");
        }
        count += 1;
    }
    assert!(count > 10, "{count}");
}

#[test]
fn the_commands_of_the_guides_are_understood() {
    for (name, page) in [
        ("inventory.md", include_str!("../../../../docs/inventory.md")),
        ("backups.md", include_str!("../../../../docs/backups.md")),
    ] {
        let lines = page.lines().filter_map(|line| line.strip_prefix("$ "));
        let mut count = 0;
        for line in lines.filter(|line| line.starts_with("groma ")) {
            let line = line.replace("ID", "01936b2e-7a10-7c43-9a5e-2f0c8d1e4b77");
            if let Err(error) = Cli::try_parse_from(words(&line)) {
                panic!("{name}: {line}: {error}");
            }
            count += 1;
        }
        assert!(count > 10, "{name}: {count}");
    }
}

/// Splits a line at blanks, as a shell does where there is nothing but quotes; up to a comment, a pipe or a redirection.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for c in line.chars() {
        match (quote, c) {
            (Some(open), c) if open == c => quote = None,
            (None, '\'' | '"') => quote = Some(c),
            (None, '#' | '|' | '>' | '<') => break,
            (None, ' ') => words.push(String::new()),
            (_, c) => words.last_mut().unwrap().push(c),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[test]
fn mistakes_are_refused() {
    for line in [
        "groma",
        "groma scan network",
        "groma scan network 10.1.0.1 --timeout 5",
        "groma scan network 10.1.0.1 --concurrency 0",
        "groma scans show 0193",
        "groma events tail --since 1h --after oldest",
        "groma token create --name ci",
        "groma token create --name ci --scope all",
        "groma exec",
        "groma exec --shell true -- ls",
        "groma exec --interpreter bash -- ls",
        "groma exec --secret TOKEN=hunter2 -- ls",
        "groma exec --env =x -- ls",
        "groma exec --timout 3s -- ls",
        "groma plan run a.yaml --dry-run --approve x",
        "groma executions logs last --tail 1 --from-line 1",
        "groma resources list --limit 0",
        "groma resources list --all --cursor x",
        "groma resources list --stale yesterday",
        "groma resources list --deleted exclude",
        "groma resources export --format xml",
        "groma search",
        "groma query",
        "groma query select 1",
        "groma coverage --state partial",
        "groma backup schedule",
        "groma backup schedule --every 6h --daily 3",
        "groma backup schedule --daily 24",
        "groma backup schedule --keep-last 0",
        "groma backup target s3 --bucket b --secret-access-key hunter2",
        "groma backup target s3 --bucket b --secret-file key",
        "groma backup verify nonsense",
        "groma backup restore",
        "groma backup restore 3 --at 2026-11-21T15:04:05Z --to x",
        "groma backup restore --to x --from y --bucket b",
        "groma conversations add 01936b2e-7a10-7c43-9a5e-2f0c8d1e4b77 hello --metadata []",
    ] {
        assert!(Cli::try_parse_from(line.split(' ')).is_err(), "{line}");
    }
}
