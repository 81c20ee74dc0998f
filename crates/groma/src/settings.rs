//! What the process was told before it began: arguments, then environment, then the configuration file, then
//! defaults. Read once at the start; objects that the page edits live in the database instead.

mod file;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use groma_app::Unlock;
use zeroize::Zeroizing;

pub(crate) use file::{ConfigFile, ScanDefaults};

use crate::cli::Global;
use crate::failure::Failure;
use crate::output::Format;

/// Where the server listens unless told otherwise.
pub(crate) const LISTEN_DEFAULT: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 7463);

/// Everything that is settled before a command runs.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// The data folder.
    pub(crate) data_dir: PathBuf,
    /// The configuration file that was read, or would be.
    pub(crate) config_path: PathBuf,
    /// What it says.
    pub(crate) file: ConfigFile,
    /// How data is printed.
    pub(crate) output: Format,
    key_file: Option<PathBuf>,
    passphrase_file: Option<PathBuf>,
}

impl Settings {
    /// Reads the configuration and settles what arguments leave open.
    ///
    /// # Errors
    /// When the file cannot be read or is not valid, or no place for data can be told.
    pub(crate) fn read(global: &Global) -> Result<Self, Failure> {
        let home = Home::of_process();
        let (config_path, named) = match &global.config {
            Some(path) => (path.clone(), true),
            None => (home.folder("XDG_CONFIG_HOME", ".config")?.join("config.toml"), false),
        };
        let file = ConfigFile::read(&config_path, named)?;
        let data_dir = match (&global.data_dir, &file.data_dir) {
            (Some(folder), _) => folder.clone(),
            (None, Some(folder)) => home.expand(folder)?,
            (None, None) => home.folder("XDG_DATA_HOME", ".local/share")?,
        };
        let output = global.output.or(file.output).unwrap_or_default();
        let data_dir = std::path::absolute(&data_dir).map_err(|error| {
            Failure::usage(format!("could not tell where the data folder {} is: {error}", data_dir.display()))
        })?;
        let key_file = match (&global.key_file, &file.key_file) {
            (Some(path), _) => Some(path.clone()),
            (None, Some(path)) => Some(home.expand(path)?),
            (None, None) => None,
        };
        let passphrase_file = global.passphrase_file.clone();
        Ok(Self { data_dir, config_path, file, output, key_file, passphrase_file })
    }

    /// Returns what opens the data: a passphrase, a key file that was named, or the folder's own beside the
    /// configuration.
    ///
    /// # Errors
    /// When the passphrase cannot be read, or no place for keys can be told.
    pub(crate) fn unlock(&self) -> Result<Unlock, Failure> {
        match (&self.passphrase_file, &self.key_file) {
            (Some(path), _) => read_passphrase(path),
            (None, Some(path)) => Ok(Unlock::KeyFile(path.clone())),
            (None, None) => {
                Ok(Unlock::KeyFolder(Home::of_process().folder("XDG_CONFIG_HOME", ".config")?.join("keys")))
            }
        }
    }

    /// Returns where the server listens.
    pub(crate) fn listen(&self) -> SocketAddr {
        self.file.listen.unwrap_or(LISTEN_DEFAULT)
    }
}

fn read_passphrase(path: &Path) -> Result<Unlock, Failure> {
    let refuse =
        |why: String| Failure::usage(format!("could not read the passphrase from {}: {why}", path.display()));
    let text = Zeroizing::new(std::fs::read_to_string(path).map_err(|error| refuse(error.to_string()))?);
    match text.lines().next() {
        Some(line) if !line.is_empty() => Ok(Unlock::Passphrase(Zeroizing::new(line.to_owned()))),
        _ => Err(refuse("its first line is empty".to_owned())),
    }
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
    fn expand(&self, path: &Path) -> Result<PathBuf, Failure> {
        match path.strip_prefix("~") {
            Err(_) => Ok(path.to_owned()),
            Ok(rest) => self.home.as_ref().map(|home| home.join(rest)).ok_or_else(|| {
                Failure::usage(format!("data_dir is {}, but HOME is not set", path.display()))
            }),
        }
    }
}

/// The XDG base directory specification says that relative paths are to be ignored.
fn absolute_from_environment(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).map(PathBuf::from).filter(|path| path.is_absolute())
}
