//! `groma retention archive`: files, read without whoever holds the data folder.

use std::io::BufWriter;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use groma_api::ErrorCode;
use groma_app::{Archive as Files, ArchiveRefusal};

use crate::context::Context;
use crate::failure::Failure;
use crate::output::{Format, Sheet, say};

/// What can be done with the archive.
#[derive(Debug, Subcommand)]
pub(crate) enum Archive {
    List(List),
    Read(Read),
}

/// List the files of archived events, oldest first
#[derive(Debug, Args)]
pub(crate) struct List {}

/// Print the events of archived files as NDJSON
///
/// An event may be in more than one file if a process died while it dropped it: the sequence tells them apart. The
/// files can be read wherever the keys of their data folder are.
#[derive(Debug, Args)]
pub(crate) struct Read {
    /// Files of the archive; without, all of them
    files: Vec<PathBuf>,
}

impl Archive {
    pub(crate) fn run(self, cx: &Context) -> Result<(), Failure> {
        let folder = &cx.settings.data_dir;
        match self {
            Self::List(_) => {
                let files = Files::list(folder).map_err(refused)?;
                let out = cx.out();
                if out.format == Format::Table && files.is_empty() {
                    // Whether it is on is known to the holder alone, who is not asked here.
                    say(
                        "nothing is archived yet: groma retention show says whether archiving is on, groma retention set --archive true turns it on",
                    );
                    return Ok(());
                }
                out.print(&files, &files, || {
                    let mut sheet = Sheet::new(&["first", "last", "bytes", "file"]);
                    for file in &files {
                        let (first, last) = (file.first.to_string(), file.last.to_string());
                        sheet.row(vec![first, last, file.bytes.to_string(), file.path.display().to_string()]);
                    }
                    sheet
                })
            }
            Self::Read(Read { files }) => {
                let archive = Files::open(folder, &cx.settings.unlock()?).map_err(refused)?;
                let all = if files.is_empty() {
                    let listed = Files::list(folder).map_err(refused)?;
                    listed.into_iter().map(|file| file.path).collect()
                } else {
                    files
                };
                let mut stdout = BufWriter::new(std::io::stdout().lock());
                all.iter().try_for_each(|path| archive.read(path, &mut stdout).map_err(refused))?;
                std::io::Write::flush(&mut stdout)?;
                Ok(())
            }
        }
    }
}

fn refused(refusal: ArchiveRefusal) -> Failure {
    match refusal {
        ArchiveRefusal::Output(error) => error.into(),
        ArchiveRefusal::Keys(detail) => Failure::new(ErrorCode::Forbidden, detail),
        ArchiveRefusal::NotRead(detail) => Failure::new(ErrorCode::StorageFailed, detail),
    }
}
