use std::path::PathBuf;

use proptest::prelude::*;

use super::*;

fn file(number: u32, bytes: u64) -> SourceFile {
    SourceFile { path: format!("executions/{number:08}.log.sealed"), place: PathBuf::new(), bytes }
}

proptest! {
    #[test]
    fn every_file_is_in_one_group_and_bundles_fit(sizes in prop::collection::vec(0_u64..6000, 0..200)) {
        let files: Vec<_> = (0..).zip(&sizes).map(|(number, bytes)| file(number, *bytes)).collect();
        let mut found = Vec::new();
        for group in group(files.clone(), 16 << 10) {
            match group {
                Group::Large(file) => {
                    prop_assert!(file.bytes > 4096);
                    found.push(file);
                }
                Group::Bundle(files) => {
                    prop_assert!(!files.is_empty());
                    prop_assert!(files.iter().map(|file| file.bytes).sum::<u64>() <= 16 << 10);
                    found.extend(files);
                }
            }
        }
        found.sort_by(|one, other| one.path.cmp(&other.path));
        prop_assert_eq!(found, files);
    }
}

#[test]
fn a_file_that_goes_changes_few_bundles() {
    let files: Vec<_> = (0..5000).map(|number| file(number, 200 + u64::from(number % 700))).collect();
    let before = group(files.clone(), 1 << 16);
    let less: Vec<_> = files.into_iter().filter(|file| !file.path.contains("00000100")).collect();
    let after = group(less, 1 << 16);
    let changed = after.iter().filter(|group| !before.contains(group)).count();
    assert!(before.len() < 500, "{} bundles", before.len());
    assert!(changed <= 3, "{changed} of {} bundles changed", after.len());
}
