use proptest::prelude::*;

use super::*;

fn text(text: &str) -> Part {
    Part::Text(text.to_owned())
}

fn of(step: &str, pointer: Option<&str>) -> Part {
    Part::Output(Output { step: step.to_owned(), pointer: pointer.map(str::to_owned) })
}

#[test]
fn references_are_found_and_all_else_stays() {
    let rows = [
        ("plain", None),
        ("${HOME} $$ $", None),
        ("${steps.a.stdout}", Some(vec![of("a", None)])),
        (
            "x${steps.a-1.stdout}y${steps.b_2.stdout#/a/0}",
            Some(vec![text("x"), of("a-1", None), text("y"), of("b_2", Some("/a/0"))]),
        ),
        ("${steps.a.stdout#}", Some(vec![of("a", Some(""))])),
        ("$${steps.a.stdout}", Some(vec![text("${steps.a.stdout}")])),
        ("$$${steps.a.stdout}", Some(vec![text("$${steps.a.stdout}")])),
        ("$${HOME}${steps.a.stdout}$", Some(vec![text("$${HOME}"), of("a", None), text("$")])),
    ];
    for (given, expected) in rows {
        assert_eq!(parse(given), Ok(expected), "{given}");
    }
}

#[test]
fn what_is_no_reference_but_looks_like_one_is_told() {
    let rows = [
        ("a${steps.a.stdout", "has `${steps.a.stdout` without a closing `}`"),
        ("${steps.a.stderr}", "has `${steps.a.stderr}`, which is not of the form"),
        ("${steps..stdout}", "has `${steps..stdout}`, which is not"),
        ("${steps.a.stdout#a}", "has the JSON pointer `a`, which does not begin with `/`"),
        ("${steps.a.stdout#/~2}", "has the JSON pointer `/~2`, which has a `~`"),
    ];
    for (given, expected) in rows {
        let said = parse(given).expect_err("it is refused");
        assert!(said.starts_with(expected), "`{said}`, not `{expected}`");
    }
}

proptest! {
    #[test]
    fn any_text_is_read_without_losing_a_byte(given in r"(\$|\{|\}|steps\.|a|\.stdout|#|/|~|é){0,40}") {
        if let Ok(Some(parts)) = parse(&given) {
            let again: String = parts
                .iter()
                .map(|part| match part {
                    Part::Text(text) => text.replace(OPEN, ESCAPED),
                    Part::Output(Output { step, pointer: None }) => format!("{OPEN}{step}.stdout}}"),
                    Part::Output(Output { step, pointer: Some(pointer) }) => {
                        format!("{OPEN}{step}.stdout#{pointer}}}")
                    },
                })
                .collect();
            prop_assert_eq!(again, given);
        }
    }
}
