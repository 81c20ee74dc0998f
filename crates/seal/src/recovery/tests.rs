use super::*;
use proptest::prelude::*;

fn secret() -> impl Strategy<Value = RecoverySecret> {
    any::<[u8; BYTES]>().prop_map(Zeroizing::new)
}

#[test]
fn a_key_is_eight_groups_of_five() {
    let text = write(&random());
    assert_eq!(text.split('-').map(str::len).collect::<Vec<_>>(), [5; 8], "{}", *text);
}

proptest! {
    #[test]
    fn what_is_written_is_read_however_it_is_copied(secret in secret()) {
        let text = write(&secret);
        prop_assert_eq!(&read(&text).unwrap(), &secret);
        let copied = text.to_lowercase().replace('-', "  ").replace('0', "o").replace('1', "l");
        prop_assert_eq!(read(&copied).unwrap(), secret);
    }

    #[test]
    fn one_wrong_letter_is_told_by_its_group(secret in secret(), at in 0..40_usize, by in 1..32_usize) {
        let mut letters: Vec<u8> = write(&secret).bytes().filter(|letter| *letter != b'-').collect();
        let value = ALPHABET.iter().position(|known| *known == letters[at]).unwrap();
        letters[at] = ALPHABET[(value + by) % 32];
        let error = read(std::str::from_utf8(&letters).unwrap()).unwrap_err();
        prop_assert_eq!(error, RecoveryError::Check { group: at / 5 + 1 });
    }

    #[test]
    fn exchanged_letters_and_groups_are_noticed(secret in secret(), a in 0..40_usize, b in 0..40_usize) {
        let text = write(&secret);
        let mut letters: Vec<u8> = text.bytes().filter(|letter| *letter != b'-').collect();
        if a / 5 == b / 5 && letters[a] != letters[b] {
            letters.swap(a, b);
            prop_assert!(read(std::str::from_utf8(&letters).unwrap()).is_err());
        }
        let mut groups: Vec<&str> = text.split('-').collect();
        if a / 5 != b / 5 {
            groups.swap(a / 5, b / 5);
            let told = read(&groups.join("-"));
            prop_assert!(matches!(told, Err(RecoveryError::Check { .. })), "{:?}", told.map(|_| ()));
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in ".{0,120}") {
        let _ = read(&text);
    }
}
