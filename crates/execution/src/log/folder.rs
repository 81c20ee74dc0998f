//! A folder that belongs to nobody else: held open, so that nothing can be put in its place.

#[cfg(unix)]
pub(super) use unix::Folder;

#[cfg(not(unix))]
pub(super) use other::Folder;

#[cfg(unix)]
mod unix {
    use std::fs::{DirBuilder, File};
    use std::io;
    use std::os::fd::OwnedFd;
    use std::os::unix::fs::DirBuilderExt as _;
    use std::path::Path;

    use rustix::fs::{AtFlags, Dir, Mode, OFlags};

    /// A folder that belongs to nobody else.
    #[derive(Debug)]
    pub(in crate::log) struct Folder(OwnedFd);

    impl Folder {
        /// Opens it, and makes it first if need be.
        pub(in crate::log) fn open(path: &Path, make: bool) -> io::Result<Self> {
            let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            let opened = match rustix::fs::open(path, flags, Mode::empty()) {
                Err(rustix::io::Errno::NOENT) if make => {
                    DirBuilder::new().recursive(true).mode(0o700).create(path)?;
                    rustix::fs::open(path, flags, Mode::empty())
                }
                opened => opened,
            };
            let folder = opened.map_err(|error| match error {
                rustix::io::Errno::LOOP | rustix::io::Errno::NOTDIR => {
                    refused(path, "is no folder, or a link to one")
                }
                error => error.into(),
            })?;
            let is = rustix::fs::fstat(&folder)?;
            if is.st_uid != rustix::process::geteuid().as_raw() {
                return Err(refused(path, "belongs to another user"));
            }
            if is.st_mode & 0o022 != 0 {
                return Err(refused(path, "may be written by other users"));
            }
            Ok(Self(folder))
        }

        pub(in crate::log) fn create(&self, name: &str) -> io::Result<File> {
            self.file(name, OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::APPEND)
        }

        pub(in crate::log) fn append(&self, name: &str) -> io::Result<File> {
            self.file(name, OFlags::WRONLY | OFlags::APPEND)
        }

        pub(in crate::log) fn read(&self, name: &str) -> io::Result<File> {
            self.file(name, OFlags::RDONLY)
        }

        pub(in crate::log) fn remove(&self, name: &str) -> io::Result<()> {
            Ok(rustix::fs::unlinkat(&self.0, name, AtFlags::empty())?)
        }

        pub(in crate::log) fn names(&self) -> io::Result<Vec<String>> {
            let entries = Dir::read_from(&self.0)?;
            let names = entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
            names.collect()
        }

        fn file(&self, name: &str, flags: OFlags) -> io::Result<File> {
            let mode = Mode::RUSR | Mode::WUSR;
            let file = rustix::fs::openat(&self.0, name, flags | OFlags::NOFOLLOW | OFlags::CLOEXEC, mode)?;
            Ok(File::from(file))
        }
    }

    fn refused(path: &Path, why: &str) -> io::Error {
        let path = path.display();
        let text =
            format!("the folder for logs, `{path}`, {why}; choose one that is yours alone (mode 0700)");
        io::Error::new(io::ErrorKind::PermissionDenied, text)
    }
}

#[cfg(not(unix))]
mod other {
    use std::fs::{self, File, OpenOptions};
    use std::io;
    use std::path::{Path, PathBuf};

    /// A folder, as the system protects it.
    #[derive(Debug)]
    pub(in crate::log) struct Folder(PathBuf);

    impl Folder {
        pub(in crate::log) fn open(path: &Path, make: bool) -> io::Result<Self> {
            if make {
                fs::create_dir_all(path)?;
            }
            fs::metadata(path)?;
            Ok(Self(path.to_owned()))
        }

        pub(in crate::log) fn create(&self, name: &str) -> io::Result<File> {
            OpenOptions::new().append(true).create_new(true).open(self.0.join(name))
        }

        pub(in crate::log) fn append(&self, name: &str) -> io::Result<File> {
            OpenOptions::new().append(true).open(self.0.join(name))
        }

        pub(in crate::log) fn read(&self, name: &str) -> io::Result<File> {
            File::open(self.0.join(name))
        }

        pub(in crate::log) fn remove(&self, name: &str) -> io::Result<()> {
            fs::remove_file(self.0.join(name))
        }

        pub(in crate::log) fn names(&self) -> io::Result<Vec<String>> {
            let entries = fs::read_dir(&self.0)?;
            entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
        }
    }
}
