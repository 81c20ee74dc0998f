//! Passphrases and recovery keys: from a file, or from a person at the terminal, without showing them.

use std::fs::{File, OpenOptions};
use std::io::{self, IsTerminal as _, Read as _, Write as _};
use std::path::Path;

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use zeroize::Zeroizing;

use crate::failure::Failure;

/// More than anybody remembers or types.
const BYTES_MAX: usize = 4096;

/// Returns the first line of a file.
///
/// # Errors
/// When the file cannot be read, or its first line is empty.
pub(crate) fn first_line(what: &str, path: &Path) -> Result<Zeroizing<String>, Failure> {
    let refuse =
        |why: String| Failure::usage(format!("could not read {what} from {}: {why}", path.display()));
    let text = Zeroizing::new(std::fs::read_to_string(path).map_err(|error| refuse(error.to_string()))?);
    match text.lines().next() {
        Some(line) if !line.is_empty() => Ok(Zeroizing::new(line.to_owned())),
        _ => Err(refuse("its first line is empty".to_owned())),
    }
}

/// Asks the person at the terminal; `None` if there is nobody.
///
/// # Errors
/// When the terminal fails, or the person gives up.
pub(crate) fn ask(prompt: &str) -> io::Result<Option<Zeroizing<String>>> {
    if !io::stdin().is_terminal() {
        return Ok(None);
    }
    let terminal = OpenOptions::new().read(true).write(true).open("/dev/tty")?;
    let quiet = Quiet::begin(&terminal)?;
    // Only now: what is typed at the prompt is no longer shown.
    (&terminal).write_all(prompt.as_bytes())?;
    let line = read_line(&terminal);
    drop(quiet);
    (&terminal).write_all(b"\n")?;
    line.map(Some)
}

/// Keeps the terminal from showing what is typed, until it is dropped. Ctrl-C comes as a byte meanwhile: whoever ended
/// the process here would leave the terminal silent.
struct Quiet<'a> {
    terminal: &'a File,
    before: Termios,
}

impl<'a> Quiet<'a> {
    fn begin(terminal: &'a File) -> io::Result<Self> {
        let before = tcgetattr(terminal)?;
        let mut quiet = before.clone();
        quiet.local_modes &= !(LocalModes::ECHO | LocalModes::ECHONL | LocalModes::ICANON | LocalModes::ISIG);
        tcsetattr(terminal, OptionalActions::Flush, &quiet)?;
        Ok(Self { terminal, before })
    }
}

impl Drop for Quiet<'_> {
    fn drop(&mut self) {
        // Nobody could be told, and there is nothing else to try.
        let _ = tcsetattr(self.terminal, OptionalActions::Flush, &self.before);
    }
}

fn read_line(mut terminal: &File) -> io::Result<Zeroizing<String>> {
    const CTRL_C: u8 = 3;
    const CTRL_D: u8 = 4;
    const BACKSPACE: u8 = 8;
    const CTRL_U: u8 = 21;
    const DELETE: u8 = 127;
    // Room from the start: a string that grows leaves copies behind.
    let mut line = Zeroizing::new(Vec::with_capacity(BYTES_MAX));
    let mut byte = Zeroizing::new([0]);
    loop {
        if terminal.read(byte.as_mut_slice())? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        match byte[0] {
            b'\r' | b'\n' => break,
            CTRL_C | CTRL_D => return Err(io::Error::new(io::ErrorKind::Interrupted, "given up")),
            BACKSPACE | DELETE => {
                // A character may be several bytes.
                while line.pop().is_some_and(|byte| byte & 0xC0 == 0x80) {}
            }
            CTRL_U => line.clear(),
            other if line.len() < BYTES_MAX => line.push(other),
            _ => return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is too long")),
        }
    }
    let text = std::str::from_utf8(&line)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not text"))?;
    Ok(Zeroizing::new(text.to_owned()))
}
