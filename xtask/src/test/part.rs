//! The parts of the whole test.

use clap::ValueEnum;

use crate::shell::{Done, cargo, run, target};
use crate::{fuzz, install, layers, licences, lint, model, oracles, schemas, web};

/// One part; its name is what `--only` and `--skip` take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// What the others need: programs, the page's dependencies
    Install,
    /// Rust's format
    Format,
    /// Dependencies between crates
    Layers,
    /// Licences of dependencies
    Licences,
    /// Rust's lints, warnings as errors
    Clippy,
    /// Generated documents
    Schemas,
    /// The model that Rust tests embed with, and its reference
    Model,
    /// Rust tests
    Rust,
    /// Parsers of outside bytes, fuzzed for a while
    Fuzz,
    /// What foreign implementations say of a running server
    Oracles,
    /// The page's types
    WebTypes,
    /// The page's lints
    WebLint,
    /// The page's unit tests
    WebUnit,
    /// The page's build
    WebBuild,
    /// The page in Chromium against a real server
    EndToEnd,
}

impl Part {
    /// Cheap and telling ones first.
    pub(super) const ORDER: &'static [Self] = &[
        Self::Install,
        Self::Format,
        Self::Layers,
        Self::Licences,
        Self::Clippy,
        Self::Schemas,
        Self::Model,
        Self::Rust,
        Self::Fuzz,
        Self::Oracles,
        Self::WebTypes,
        Self::WebLint,
        Self::WebUnit,
        Self::WebBuild,
        Self::EndToEnd,
    ];

    /// Returns the name under which it is chosen and told.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Install => "install",
            Self::Format => "format",
            Self::Layers => "layers",
            Self::Licences => "licences",
            Self::Clippy => "clippy",
            Self::Schemas => "schemas",
            Self::Model => "model",
            Self::Rust => "rust",
            Self::Fuzz => "fuzz",
            Self::Oracles => "oracles",
            Self::WebTypes => "web-types",
            Self::WebLint => "web-lint",
            Self::WebUnit => "web-unit",
            Self::WebBuild => "web-build",
            Self::EndToEnd => "end-to-end",
        }
    }

    /// Runs it.
    pub(super) fn run(self) -> Done {
        match self {
            Self::Install => install_all(),
            Self::Format => lint::format(),
            Self::Layers => layers::check(),
            Self::Licences => licences::check(),
            Self::Clippy => lint::clippy(),
            Self::Schemas => schemas::check(),
            Self::Model => model::prepare(),
            Self::Rust => {
                let mut tests = cargo(&["nextest", "run", "--workspace", "--locked"]);
                run(tests.env(model::VARIABLE, model::folder()?))?;
                // The examples in the guide of what is published on its own.
                run(&mut cargo(&["test", "--doc", "--locked", "--package", "groma-execution"]))
            }
            Self::Fuzz => fuzz::short(),
            Self::Oracles => oracles::all(),
            Self::WebTypes => script("typecheck"),
            Self::WebLint => script("lint"),
            Self::WebUnit => script("test"),
            Self::WebBuild => web::build(),
            Self::EndToEnd => end_to_end(),
        }
    }
}

fn script(name: &str) -> Done {
    run(&mut web::npm(&["run", name]))
}

/// Tries everything, so that one missing program does not hide another.
fn install_all() -> Done {
    let tried = [install::nextest(), install::for_tests(), install::moto(), web::install()];
    let faults: Vec<String> = tried.into_iter().filter_map(Result::err).collect();
    if faults.is_empty() { Ok(()) } else { Err(faults.join("; ")) }
}

/// A debug binary reads the page from `web/dist`, so what was just built is what is tested.
fn end_to_end() -> Done {
    run(&mut cargo(&["build", "--locked", "--package", "groma"]))?;
    run(web::npm(&["run", "e2e"]).env("GROMA_BIN", target().join("debug/groma")))
}
