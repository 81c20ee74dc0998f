use std::io::Write as _;
use std::process::Stdio;

use crate::harness::Groma;

#[test]
fn a_conversation_from_its_beginning_to_its_end() {
    let groma = Groma::new();
    assert!(groma.run("conversations list").code(0).stderr.contains("groma conversations create"));
    let made = groma.run("conversations create paris -o json").code(0).json();
    let id = made["id"].as_str().unwrap();
    groma.run(&format!("conversations add {id} hello")).code(0);
    let mut command =
        groma.command(&format!("conversations add {id} - --role assistant --metadata {{\"n\":1}}"));
    command.stdin(Stdio::piped());
    let mut running = groma.begin(command);
    running.child.stdin.take().unwrap().write_all(b"two\nlines").unwrap();
    running.end().code(0);

    let listed = groma.run("conversations list -o json").code(0).json();
    assert_eq!(
        (&listed["conversations"][0]["title"], &listed["conversations"][0]["messages"]),
        (&"paris".into(), &2.into())
    );
    let shown = groma.run(&format!("conversations show {id}")).code(0).stdout;
    assert!(shown.contains("hello") && shown.contains("lines"), "{shown}");
    assert!(groma.run(&format!("conversations show {id} --last 1")).code(0).stderr.contains("1 of 2"));

    let export = groma.run(&format!("conversations export {id}")).code(0).json();
    let messages = export["messages"].as_array().unwrap();
    assert_eq!((&messages[0]["role"], &messages[0]["content"]), (&"user".into(), &"hello".into()));
    assert_eq!((&messages[1]["content"], &messages[1]["metadata"]["n"]), (&"two\nlines".into(), &1.into()));
    let path = groma.home.path().join("talk.csv");
    groma.run(&format!("conversations export {id} -o csv --to {}", path.display())).code(0);
    assert!(std::fs::read_to_string(&path).unwrap().starts_with("time,role,content,metadata,id\n"));

    groma.run(&format!("conversations delete {id}")).code(0);
    groma.run(&format!("conversations show {id}")).code(4);
}

#[test]
fn an_unknown_conversation_is_not_found() {
    let groma = Groma::new();
    for line in ["show ID", "delete ID", "add ID hello", "export ID"] {
        let line = line.replace("ID", "01936b2e-7a10-7c43-9a5e-2f0c8d1e4b77");
        groma.run(&format!("conversations {line}")).code(4);
    }
}
