//! `groma config`.

use clap::Subcommand;
use serde_json::json;

use crate::context::Context;
use crate::failure::Failure;
use crate::output::{Sheet, text_line};

/// What can be asked about the configuration.
#[derive(Debug, Subcommand)]
pub(crate) enum Config {
    /// Print where the configuration file is, or would be
    Path,
    /// Print the settings in force
    Show,
}

impl Config {
    pub(crate) fn run(self, cx: &Context) -> Result<(), Failure> {
        match self {
            Self::Path => text_line(cx.settings.config_path.as_os_str().as_encoded_bytes()),
            Self::Show => show(cx),
        }
    }
}

fn show(cx: &Context) -> Result<(), Failure> {
    let settings = &cx.settings;
    let document = json!({
        "config": settings.config_path,
        "data_dir": settings.data_dir,
        "listen": settings.listen(),
        "output": settings.output,
        "scan": settings.file.scan,
    });
    cx.out().print_one(&document, || {
        let mut fields = vec![
            ("config", settings.config_path.display().to_string()),
            ("data_dir", settings.data_dir.display().to_string()),
            ("listen", settings.listen().to_string()),
        ];
        let scan = serde_json::to_value(&settings.file.scan).unwrap_or_default();
        let scan = scan.as_object().cloned().unwrap_or_default();
        let names: Vec<String> = scan.keys().map(|name| format!("scan.{name}")).collect();
        fields.extend(names.iter().map(String::as_str).zip(scan.values().map(ToString::to_string)));
        Sheet::of_fields(fields)
    })
}
