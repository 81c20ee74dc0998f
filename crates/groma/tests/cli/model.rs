use crate::harness::Groma;

#[test]
fn without_the_model_it_is_said_what_to_do() {
    let groma = Groma::new();
    let status = groma.run("model status").code(0);
    assert!(status.stdout.contains("absent"), "{}", status.stdout);
    assert!(status.stderr.contains("groma model install"), "{}", status.stderr);
}

#[test]
fn a_source_that_does_not_have_it_is_refused() {
    let groma = Groma::new();
    let empty = groma.home.path().join("empty");
    std::fs::create_dir(&empty).unwrap();
    let refused = groma.run(&format!("model install --from {}", empty.display()));
    assert!([2, 3, 4].contains(&refused.code), "{refused:?}");
    assert!(refused.stderr.contains("error: "), "{}", refused.stderr);
    assert_eq!(groma.run("model status -o json").code(0).json()["state"], "absent");
}
