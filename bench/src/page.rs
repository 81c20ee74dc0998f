//! The page: what a browser loads before it shows anything.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::report::{Report, Table};
use crate::{Done, say};

/// Adds up what `index.html` names, compressed as it travels, and everything there is.
pub(crate) fn measure(dist: &Path, report: &mut Report) -> Done {
    let index = fs::read_to_string(dist.join("index.html"))
        .map_err(|error| format!("the page is not built in {}: {error}", dist.display()))?;
    let (mut scripts, mut styles) = (0, 0);
    for name in named(&index) {
        let size = gzipped(&fs::read(dist.join(name.trim_start_matches('/')))?)?;
        if name.ends_with(".js") { scripts += size } else { styles += size }
    }
    let kb = |bytes: usize| format!("{:.1}", bytes as f64 / 1e3);
    let whole = whole(dist)?;
    say(&format!("page: {} kB of scripts first, {} kB of styles", kb(scripts), kb(styles)));
    let mut table = Table::new("The page, gzipped as it travels", &["", "kB"]);
    table.row(vec!["scripts of the first load".to_owned(), kb(scripts)]);
    table.row(vec!["styles of the first load".to_owned(), kb(styles)]);
    table.row(vec!["all files that there are".to_owned(), kb(whole)]);
    report.table(table);
    Ok(())
}

/// Returns the scripts and styles that the document names, in its own words.
fn named(index: &str) -> Vec<&str> {
    let values = index.split("href=\"").skip(1).chain(index.split("src=\"").skip(1));
    let names = values.filter_map(|rest| rest.split_once('"')).map(|(name, _)| name);
    let mut names: Vec<_> = names.filter(|name| name.ends_with(".js") || name.ends_with(".css")).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn gzipped(bytes: &[u8]) -> Done<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?.len())
}

fn whole(folder: &Path) -> Done<usize> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        bytes += match entry.file_type()?.is_dir() {
            true => whole(&entry.path())?,
            false => gzipped(&fs::read(entry.path())?)?,
        };
    }
    Ok(bytes)
}
