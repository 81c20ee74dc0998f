//! `groma config`.

use std::path::PathBuf;

use clap::Subcommand;
use serde::Serialize;

use crate::context::Context;
use crate::failure::Failure;
use crate::output::{Sheet, text_line};
use crate::settings::{KEYS, Layers, Origin, Values};

/// What can be asked about the configuration.
#[derive(Debug, Subcommand)]
pub(crate) enum Config {
    /// Print where the configuration file is, or would be
    Path,
    /// Print every setting in force, and where it was said
    Show,
    /// Say whether a file is a valid configuration
    Check {
        /// The file
        file: PathBuf,
    },
    /// Print what settings there are, as Markdown
    Reference,
}

impl Config {
    pub(crate) fn run(self, cx: &Context) -> Result<(), Failure> {
        match self {
            Self::Path => text_line(cx.settings.config_path.as_os_str().as_encoded_bytes()),
            Self::Show => show(cx),
            Self::Check { file } => check(&file),
            Self::Reference => text_line(reference()),
        }
    }
}

/// A setting in force.
#[derive(Debug, Serialize)]
struct Setting {
    name: &'static str,
    value: Option<serde_json::Value>,
    origin: Origin,
    variable: String,
}

fn show(cx: &Context) -> Result<(), Failure> {
    let layers = &cx.settings.layers;
    let settings: Vec<Setting> = KEYS
        .iter()
        .map(|key| {
            let value = match (key.name, layers.get(key.name)) {
                ("data_dir", _) => serde_json::to_value(&cx.settings.data_dir).ok(),
                (_, Some(value)) => serde_json::to_value(value).ok(),
                (_, None) if key.default.is_empty() => None,
                (_, None) => Some(key.default.into()),
            };
            Setting { name: key.name, value, origin: layers.origin(key.name), variable: key.variable() }
        })
        .collect();
    cx.out().print(&settings, &settings, || {
        let mut sheet = Sheet::new(&["setting", "value", "said by"]);
        for setting in &settings {
            let value = match &setting.value {
                None => String::new(),
                Some(serde_json::Value::String(text)) => text.clone(),
                Some(value) => value.to_string(),
            };
            let origin = match setting.origin {
                Origin::File(line) => format!("{}:{line}", cx.settings.config_path.display()),
                ref other => other.to_string(),
            };
            sheet.row(vec![setting.name.to_owned(), value, origin]);
        }
        sheet
    })
}

fn check(file: &std::path::Path) -> Result<(), Failure> {
    let shown = file.display();
    let text = std::fs::read_to_string(file)
        .map_err(|error| Failure::usage(format!("could not read the configuration {shown}: {error}")))?;
    Layers::of_file(&text)
        .and_then(|layers| Values::of(&layers))
        .map_err(|why| Failure::usage(format!("the configuration {shown} is not valid: {why}")))?;
    text_line(format!("{shown} is valid"))
}

/// Writes the table of settings; a test compares it with the documentation.
fn reference() -> String {
    let mut text =
        String::from("| setting | environment | option | value | default | |\n|---|---|---|---|---|---|");
    for key in KEYS {
        let code = |text: &str| if text.is_empty() { String::new() } else { format!("`{text}`") };
        text.push_str(&format!(
            "\n| `{}` | `{}` | {} | {} | {} | {} |",
            key.name,
            key.variable(),
            code(key.flag.unwrap_or_default()),
            key.kind.as_str(),
            key.default,
            key.doc
        ));
    }
    text
}
