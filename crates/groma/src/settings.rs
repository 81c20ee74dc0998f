//! What the process was told before it began: arguments, then environment, then the configuration file, then
//! defaults. Read once at the start; objects that the page edits live in the database instead.

mod keys;
mod layers;
mod values;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use groma_app::{Question, Unlock};
use groma_model::NodeId;
use zeroize::Zeroizing;

pub(crate) use keys::KEYS;
pub(crate) use layers::{Layers, Origin};
pub(crate) use values::{LogFormat, LogValues, ScanDefaults, Values};

use crate::cli::Global;
use crate::failure::Failure;
use crate::output::Format;
use crate::secret;

/// Where the server listens unless told otherwise.
pub(crate) const LISTEN_DEFAULT: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 7463);

/// Everything that is settled before a command runs.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// The data folder.
    pub(crate) data_dir: PathBuf,
    /// The folder of the language model.
    pub(crate) model_dir: PathBuf,
    /// The configuration file that was read, or would be.
    pub(crate) config_path: PathBuf,
    /// What options, environment and file say.
    pub(crate) values: Values,
    /// The same, and where each of it was said.
    pub(crate) layers: Layers,
    /// How data is printed.
    pub(crate) output: Format,
    key_file: Option<PathBuf>,
    passphrase_file: Option<PathBuf>,
    /// Replaces everything that would be tried.
    unlock: Option<Unlock>,
}

impl Settings {
    /// Reads the configuration and settles what arguments leave open.
    ///
    /// # Errors
    /// When the file cannot be read or is not valid, a variable is not, or no place for data can be told.
    pub(crate) fn read(global: &Global) -> Result<Self, Failure> {
        let home = Home::of_process();
        let (config_path, named) = match &global.config {
            Some(path) => (path.clone(), true),
            None => (home.folder("XDG_CONFIG_HOME", ".config")?.join("config.toml"), false),
        };
        let mut layers = read_file(&config_path, named)?;
        layers
            .environment(|name| std::env::var(name).ok())
            .map_err(|why| Failure::usage(format!("the environment is not valid: {why}")))?;
        // What both the environment and the file say is checked as a whole.
        let checked = |layers: &Layers| {
            Values::of(layers).map_err(|why| Failure::usage(format!("the configuration is not valid: {why}")))
        };
        set_flags(&mut layers, global);
        let values = checked(&layers)?;
        let data_dir = match (&global.data_dir, &values.data_dir) {
            (Some(folder), _) => folder.clone(),
            (None, Some(folder)) => home.expand("data_dir", folder)?,
            (None, None) => home.folder("XDG_DATA_HOME", ".local/share")?,
        };
        let output = values.output.unwrap_or_default();
        let data_dir = std::path::absolute(&data_dir).map_err(|error| {
            Failure::usage(format!("could not tell where the data folder {} is: {error}", data_dir.display()))
        })?;
        let expanded = |name: &str, path: &Option<PathBuf>| {
            path.as_ref().map(|path| home.expand(name, path)).transpose()
        };
        let key_file = global
            .key_file
            .clone()
            .map_or_else(|| expanded("key_file", &values.key_file), |path| Ok(Some(path)))?;
        let passphrase_file = global
            .passphrase_file
            .clone()
            .map_or_else(|| expanded("passphrase_file", &values.passphrase_file), |path| Ok(Some(path)))?;
        let mut values = values;
        values.tls_cert = expanded("tls_cert", &values.tls_cert)?;
        values.tls_key = expanded("tls_key", &values.tls_key)?;
        values.log.file = expanded("log.file", &values.log.file)?;
        let model_dir = match expanded("model_dir", &values.model_dir)? {
            Some(folder) => folder,
            None => home.folder("XDG_CACHE_HOME", ".cache")?.join("model"),
        };
        Ok(Self {
            data_dir,
            model_dir,
            config_path,
            values,
            layers,
            output,
            key_file,
            passphrase_file,
            unlock: None,
        })
    }

    /// Returns what may open the data, in order: what was named, a credential of systemd, the key file beside the
    /// configuration, whatever the folder's own slots name, and at last a person at the terminal. A new folder is
    /// kept by the first of these that can.
    ///
    /// # Errors
    /// When the passphrase cannot be read, or no place for keys can be told.
    pub(crate) fn unlock(&self) -> Result<Unlock, Failure> {
        if let Some(unlock) = &self.unlock {
            return Ok(unlock.clone());
        }
        let credentials = absolute_from_environment("CREDENTIALS_DIRECTORY");
        let mut ways = Vec::new();
        if let Some(path) = &self.passphrase_file {
            ways.push(Unlock::Passphrase(secret::first_line("the passphrase", path)?));
        }
        if let Some(path) = &self.key_file {
            ways.push(Unlock::KeyFile(path.clone()));
        }
        ways.push(Unlock::Credential { directory: credentials.clone(), name: "groma".to_owned() });
        match key_folder() {
            Ok(folder) => ways.push(Unlock::KeyFolder(folder)),
            // Whoever named something needs no home folder.
            Err(failure) if self.key_file.is_none() && self.passphrase_file.is_none() => return Err(failure),
            Err(_) => {}
        }
        ways.push(Unlock::Recorded { credentials });
        ways.push(Unlock::Ask(Arc::new(ask)));
        Ok(Unlock::FirstOf(ways))
    }

    /// Returns the same settings, with which the folder is opened in this way alone.
    pub(crate) fn unlocked_by(&self, unlock: Unlock) -> Self {
        Self { unlock: Some(unlock), ..self.clone() }
    }

    /// Returns where a new key file for the folder of that name can be.
    ///
    /// # Errors
    /// When no place for keys can be told.
    pub(crate) fn new_key_file(&self, folder: NodeId) -> Result<PathBuf, Failure> {
        let keys = key_folder()?;
        let names = std::iter::once(format!("{folder}.key"))
            .chain((2..).map(|number| format!("{folder}-{number}.key")));
        let mut free = names.map(|name| keys.join(name)).filter(|path| !path.exists());
        free.next().ok_or_else(|| Failure::usage("there is no free name for a key file"))
    }

    /// Returns the options with which another process of this program finds the same folder, keys and configuration.
    pub(crate) fn arguments(&self) -> Vec<std::ffi::OsString> {
        let mut arguments: Vec<std::ffi::OsString> = vec!["--data-dir".into(), self.data_dir.clone().into()];
        if self.config_path.exists() {
            arguments.extend(["--config".into(), absolute(&self.config_path).into()]);
        }
        match (&self.passphrase_file, &self.key_file) {
            (Some(path), _) => arguments.extend(["--passphrase-file".into(), absolute(path).into()]),
            (None, Some(path)) => arguments.extend(["--key-file".into(), absolute(path).into()]),
            (None, None) => {}
        }
        arguments
    }

    /// Returns where the server listens.
    pub(crate) fn listen(&self) -> SocketAddr {
        self.values.listen.unwrap_or(LISTEN_DEFAULT)
    }
}

/// The other process stands in another folder.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// Reads the file; one that was not `named` may be missing.
fn read_file(path: &Path, named: bool) -> Result<Layers, Failure> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !named => return Ok(Layers::default()),
        Err(error) => {
            let path = path.display();
            return Err(Failure::usage(format!("could not read the configuration {path}: {error}")));
        }
    };
    let invalid = |why| Failure::usage(format!("the configuration {} is not valid: {why}", path.display()));
    let layers = Layers::of_file(&text).map_err(invalid)?;
    Values::of(&layers).map_err(invalid)?;
    Ok(layers)
}

/// Puts the options of every command on top.
fn set_flags(layers: &mut Layers, global: &Global) {
    let paths = [
        ("data_dir", "--data-dir", &global.data_dir),
        ("key_file", "--key-file", &global.key_file),
        ("passphrase_file", "--passphrase-file", &global.passphrase_file),
    ];
    for (name, flag, path) in paths {
        if let Some(path) = path {
            // A path that is no text cannot be said in TOML; what counts is the option itself.
            let value = toml::Value::String(path.to_string_lossy().into_owned());
            layers.set(name, value, Origin::Flag(flag));
        }
    }
    if let Some(format) = global.output {
        let value = toml::Value::try_from(format).unwrap_or_else(|_| toml::Value::String("table".to_owned()));
        layers.set("output", value, Origin::Flag("--output"));
    }
}

/// Returns where key files are kept unless told otherwise.
fn key_folder() -> Result<PathBuf, Failure> {
    Ok(Home::of_process().folder("XDG_CONFIG_HOME", ".config")?.join("keys"))
}

/// Asks the person at the terminal for what opens the folder.
fn ask(question: &Question) -> std::io::Result<Option<Zeroizing<String>>> {
    let what = match (question.passphrase, question.recovery) {
        (true, true) => "passphrase or recovery key",
        (true, false) => "passphrase",
        _ => "recovery key",
    };
    let folder = question.path.parent().unwrap_or(&question.path).display();
    let again = question.refused.as_ref().map_or_else(String::new, |why| format!("{why}\n"));
    secret::ask(&format!("{again}{what} for {folder}: "))
}

/// The user's own folders.
struct Home {
    home: Option<PathBuf>,
}

impl Home {
    fn of_process() -> Self {
        Self { home: absolute_from_environment("HOME") }
    }

    /// Returns Groma's folder below the one that `variable` names, or below `fallback` in the home folder.
    fn folder(&self, variable: &str, fallback: &str) -> Result<PathBuf, Failure> {
        let base = absolute_from_environment(variable)
            .or_else(|| self.home.as_ref().map(|home| home.join(fallback)))
            .ok_or_else(|| {
                Failure::usage(format!("neither {variable} nor HOME is set to an absolute path"))
                    .hint("name the data folder with --data-dir and the configuration with --config")
            })?;
        Ok(base.join("groma"))
    }

    /// Replaces a leading `~/`.
    fn expand(&self, name: &str, path: &Path) -> Result<PathBuf, Failure> {
        match path.strip_prefix("~") {
            Err(_) => Ok(path.to_owned()),
            Ok(rest) => {
                self.home.as_ref().map(|home| home.join(rest)).ok_or_else(|| {
                    Failure::usage(format!("{name} is {}, but HOME is not set", path.display()))
                })
            }
        }
    }
}

/// The XDG base directory specification says that relative paths are to be ignored.
fn absolute_from_environment(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).map(PathBuf::from).filter(|path| path.is_absolute())
}
