//! The one table of settings: file, environment, `config show` and the documentation follow from it.

/// What a setting's value looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A text.
    Text,
    /// A path; a leading `~/` is the home folder.
    Path,
    /// `true` or `false`.
    Switch,
    /// A whole number, not negative.
    Number,
    /// Texts; separated by commas in the environment.
    List,
}

impl Kind {
    /// Returns the word for it in messages and documents.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Path => "path",
            Self::Switch => "true or false",
            Self::Number => "number",
            Self::List => "list of texts",
        }
    }

    /// Reads a value as the environment spells it.
    ///
    /// # Errors
    /// When it is not of the kind.
    pub(crate) fn read(self, text: &str) -> Result<toml::Value, String> {
        let refuse = || format!("`{text}` is not a {}", self.as_str());
        Ok(match self {
            Self::Text | Self::Path => toml::Value::String(text.to_owned()),
            Self::Switch => toml::Value::Boolean(match text {
                "true" | "1" | "yes" | "on" => true,
                "false" | "0" | "no" | "off" => false,
                _ => return Err(refuse()),
            }),
            Self::Number => toml::Value::Integer(
                text.parse().ok().filter(|number: &i64| *number >= 0).ok_or_else(refuse)?,
            ),
            Self::List => {
                let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
                toml::Value::Array(parts.map(|part| toml::Value::String(part.to_owned())).collect())
            }
        })
    }
}

/// One setting.
#[derive(Debug)]
pub(crate) struct Key {
    /// Its name in the file; the part before a point is the table.
    pub(crate) name: &'static str,
    /// What its value looks like.
    pub(crate) kind: Kind,
    /// What holds if nothing is said, as shown; empty: nothing.
    pub(crate) default: &'static str,
    /// The option of every command, or of one, that says the same.
    pub(crate) flag: Option<&'static str>,
    /// What it does.
    pub(crate) doc: &'static str,
}

impl Key {
    /// Returns the variable of the environment that says the same.
    pub(crate) fn variable(&self) -> String {
        format!("GROMA_{}", self.name.replace('.', "_").to_uppercase())
    }
}

const fn key(name: &'static str, kind: Kind, default: &'static str, doc: &'static str) -> Key {
    Key { name, kind, default, flag: None, doc }
}

impl Key {
    const fn flag(mut self, flag: &'static str) -> Self {
        self.flag = Some(flag);
        self
    }
}

use Kind::{List, Number, Path, Switch, Text};

/// Every setting there is.
pub(crate) static KEYS: &[Key] = &[
    key("data_dir", Path, "$XDG_DATA_HOME/groma, else ~/.local/share/groma", "The folder with Groma's data.")
        .flag("--data-dir"),
    key("key_file", Path, "", "The key file, outside the data folder.").flag("--key-file"),
    key("passphrase_file", Path, "", "A file whose first line is the passphrase that opens the data.")
        .flag("--passphrase-file"),
    key("output", Text, "table", "How data is printed: table, json, ndjson or csv.").flag("--output"),
    key("listen", Text, "127.0.0.1:7463", "Where `groma serve` listens.").flag("serve --listen"),
    key(
        "allowed_hosts",
        List,
        "",
        "Names and addresses, without port, under which browsers may reach the server besides loopback and `listen`.",
    ),
    key("https", Switch, "false", "Whether browsers reach the server by https, through a proxy."),
    key("tls_cert", Path, "", "The certificate chain in PEM; with `tls_key` the server itself speaks https.")
        .flag("serve --tls-cert"),
    key("tls_key", Path, "", "The certificate's key in PEM, readable by its owner alone.")
        .flag("serve --tls-key"),
    key(
        "insecure_listen",
        Switch,
        "false",
        "Whether the server may listen beyond loopback without TLS: only behind a proxy that speaks https.",
    )
    .flag("serve --insecure-listen"),
    key("server.connections_max", Number, "16384", "Connections at once; further ones are refused with 503."),
    key(
        "server.connections_per_peer_max",
        Number,
        "256",
        "Connections at once from one address that is not loopback.",
    ),
    key("server.requests_per_second", Number, "200", "Requests per second of one principal, on average."),
    key("server.requests_burst", Number, "400", "Requests that may come at once beyond the average."),
    key(
        "log.level",
        Text,
        "info in a server, else warn",
        "What is logged: a level, or filters such as `groma=debug`. RUST_LOG wins.",
    ),
    key("log.format", Text, "human", "human, or json: one object per line."),
    key("log.file", Path, "", "A file to log to instead of standard error; rotated by size."),
    key(
        "log.file_bytes_max",
        Number,
        "33554432",
        "How large the file becomes before another is begun, in bytes.",
    ),
    key("log.files_max", Number, "8", "How many files are kept, the current one included."),
    key(
        "model_dir",
        Path,
        "$XDG_CACHE_HOME/groma/model, else ~/.cache/groma/model",
        "The folder of the language model that `groma model install` fetches.",
    ),
    key("inventory.history_days", Number, "400", "Days that changes of things are kept; 0: for ever."),
    key(
        "inventory.tombstone_days",
        Number,
        "90",
        "Days that things that are gone are still known; 0: for ever.",
    ),
    key("scan.ports", Text, "top100", "As `groma scan network --ports`."),
    key("scan.concurrency", Number, "", "As `groma scan network --concurrency`."),
    key("scan.timeout", Text, "", "As `groma scan network --timeout`."),
    key("scan.max_rate", Number, "", "As `groma scan network --max-rate`."),
    key("scan.retries", Number, "", "As `groma scan network --retries`."),
    key("scan.exclude", List, "", "As `groma scan network --exclude`, always added."),
    key("execution.rest", Switch, "false", "Whether commands and plans may be started over the API."),
    key("execution.max_concurrent", Number, "64", "Commands that run at once in one process; more wait."),
    key(
        "execution.timeout_s",
        Number,
        "",
        "Seconds that one attempt of a command may take, unless its request says otherwise; nothing: for ever.",
    ),
    key(
        "execution.grace_ms",
        Number,
        "10000",
        "Milliseconds that a command has to end once it was asked to, before it is killed.",
    ),
    key(
        "execution.log_bytes_max",
        Number,
        "1073741824",
        "Bytes of one command's log; of a longer one the beginning and the end are kept.",
    ),
    key(
        "execution.log_days",
        Number,
        "30",
        "Days after the end of a command until its log is deleted; 0: never.",
    ),
    key(
        "execution.logs_bytes_max",
        Number,
        "10737418240",
        "Bytes of all logs together, beyond which the oldest are deleted; 0: no limit.",
    ),
];

/// Returns the key that was probably meant.
pub(crate) fn nearest(name: &str) -> Option<&'static str> {
    KEYS.iter()
        .map(|known| (strsim::jaro_winkler(known.name, name), known.name))
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .filter(|(likeness, _)| *likeness > 0.7)
        .map(|(_, name)| name)
}
