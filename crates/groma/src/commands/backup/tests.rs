use groma_api::{BackupRetention, BackupSchedule, BackupTarget};

use super::{retention, schedule, target};

#[test]
fn settings_are_told_in_words() {
    assert_eq!(schedule(&BackupSchedule::Every { seconds: 21_600 }), "every 6h");
    assert_eq!(schedule(&BackupSchedule::Daily { hour: 3 }), "daily, from 03:00 UTC on");
    let kept = BackupRetention { keep_last: 3, daily: 7, weekly: 0, monthly: 12 };
    assert_eq!(retention(&kept), "the last 3, one of each of 7 days, one of each of 12 months");
}

#[test]
fn a_bucket_is_told_without_its_secret() {
    let bucket = BackupTarget::S3 {
        bucket: "vault".to_owned(),
        prefix: Some("groma".to_owned()),
        region: None,
        endpoint: Some("https://s3.example".to_owned()),
        access_key_id: Some("AKIDEXAMPLE".to_owned()),
        secret_access_key: Some("hunter2".to_owned()),
    };
    assert_eq!(target(&bucket), "s3://vault/groma at https://s3.example, with access key AKIDEXAMPLE");
}
