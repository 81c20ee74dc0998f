//! Commands as people read them.

use groma_execution::{Command, Interpreter};

/// Returns a command as a line for people. Values of secrets cannot stand in it: they are refused in arguments.
pub(crate) fn shown(command: &Command) -> String {
    match command {
        Command::Exec { program, args } => join([program.as_str()], args),
        Command::Shell { command } => command.clone(),
        Command::Script { path: Some(path), interpreter, args, .. } => {
            let path = path.to_string_lossy();
            match interpreter {
                Some(interpreter) => join([word(*interpreter), &path], args),
                None => join([&*path], args),
            }
        }
        Command::Script { path: None, interpreter, args, .. } => {
            join([interpreter.map_or("sh", word), "<script>"], args).replace("'<script>'", "<script>")
        }
        Command::AwsCli { service, operation, args, profile, region } => {
            let options = [("--profile", profile), ("--region", region)].into_iter();
            let options = options.filter_map(|(name, value)| Some([name.to_owned(), value.clone()?]));
            let args: Vec<String> = args.iter().cloned().chain(options.flatten()).collect();
            join(["aws", service, operation], &args)
        }
    }
}

const fn word(interpreter: Interpreter) -> &'static str {
    match interpreter {
        Interpreter::Bash => "bash",
        Interpreter::Sh => "sh",
        Interpreter::Python => "python",
    }
}

fn join<const N: usize>(begin: [&str; N], args: &[String]) -> String {
    shell_words::join(begin.into_iter().chain(args.iter().map(String::as_str)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_read_as_lines_of_a_shell() {
        let args = || vec!["a b".to_owned(), "c".to_owned()];
        let exec = Command::Exec { program: "echo".to_owned(), args: args() };
        assert_eq!(shown(&exec), "echo 'a b' c");
        let content = Some("true".to_owned());
        let script = Command::Script { path: None, content, interpreter: None, args: args() };
        assert_eq!(shown(&script), "sh <script> 'a b' c");
        let aws = Command::AwsCli {
            service: "ec2".to_owned(),
            operation: "describe-instances".to_owned(),
            args: Vec::new(),
            profile: None,
            region: Some("eu-west-1".to_owned()),
        };
        assert_eq!(shown(&aws), "aws ec2 describe-instances --region eu-west-1");
    }
}
