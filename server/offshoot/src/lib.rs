//! The command line: arguments, one file per verb, how runs look, exit codes.
//!
//! [`main`] is the whole program. `supervise` comes first of all, before arguments are parsed and before
//! there is any thread: it runs beside every agent and has to stay small.

mod cli;
mod context;
mod diagnostics;
mod exit;
mod follow;
mod git;
mod output;
mod processes;
mod render;
mod row;
mod settings;
mod style;
mod table;
mod times;
mod verbs;

#[cfg(test)]
mod tests;

use clap::Parser;
use clap::error::ErrorKind as ClapKind;
use cli::Cli;
use context::Context;
use exit::Exit;
use output::Output;
use protocol::{Error, ErrorKind};
use std::ffi::OsString;
use std::process::ExitCode;

/// The program, with the arguments of this process.
pub fn main() -> ExitCode {
    main_with(std::env::args_os())
}

/// The program, with these arguments; the first is its name.
pub fn main_with(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    if let Some(code) = processes::supervise(&arguments) {
        return code;
    }
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(error) => return usage(&error, &arguments),
    };
    let out = Output::detect(cli.json);
    let outcome = match processes::start(&cli) {
        Some(outcome) => outcome,
        None => run(cli, out).map(|exit| ExitCode::from(exit.0)),
    };
    let code = outcome.unwrap_or_else(|error| {
        out.error(&error);
        ExitCode::from(Exit::of_error(&error).0)
    });
    match code == ExitCode::SUCCESS && output::was_lost() {
        true => ExitCode::from(Exit::FAILED.0),
        false => code,
    }
}

/// What is wrong with arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArgumentError {
    /// Something has to be added.
    Incomplete,
    /// Something in them is not understood.
    Wrong,
}

/// Whether the command line understands these arguments, of which the first is the program's name. Does nothing.
///
/// # Errors
/// What is wrong with them, and the message that a person would see.
pub fn check_arguments<T>(arguments: &[T]) -> Result<(), (ArgumentError, String)>
where
    T: Clone + Into<OsString>,
{
    let error = match Cli::try_parse_from(arguments.iter().cloned()) {
        Ok(_) => return Ok(()),
        Err(error) => error,
    };
    match error.kind() {
        ClapKind::DisplayHelp | ClapKind::DisplayVersion => Ok(()),
        ClapKind::MissingRequiredArgument
        | ClapKind::MissingSubcommand
        | ClapKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            Err((ArgumentError::Incomplete, error.to_string()))
        }
        _ => Err((ArgumentError::Wrong, error.to_string())),
    }
}

/// An ordinary verb. One thread: it waits for the daemon, and now and then draws.
fn run(cli: Cli, out: Output) -> Result<Exit, Error> {
    let context = Context::new(out, cli.repo.as_deref())?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| {
            Error::new(
                ErrorKind::Internal,
                format!("no runtime can be made: {error}"),
            )
        })?;
    runtime.block_on(cli.verb.run(&context))
}

/// Help and version go to stdout; what cannot be parsed is invalid input, as JSON where that was asked for.
fn usage(error: &clap::Error, arguments: &[OsString]) -> ExitCode {
    let own = arguments.iter().take_while(|argument| *argument != "--");
    let json = own.into_iter().any(|argument| argument == "--json");
    let asked = matches!(
        error.kind(),
        ClapKind::DisplayHelp | ClapKind::DisplayVersion
    );
    let told = usage_error(&error.render().to_string());
    if !asked {
        verbs::task::not_understood(arguments, &told.message);
    }
    if json && !asked {
        Output::detect(true).error(&told);
    } else {
        // Nobody is left to read it: nothing to do about that.
        let _ = error.print();
    }
    if asked {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(Exit::INVALID.0)
    }
}

/// The first paragraph says what is wrong, a tip what was meant; the usage is for people.
fn usage_error(text: &str) -> Error {
    let mut paragraphs = text
        .trim_start_matches("error: ")
        .split("\n\n")
        .map(str::trim);
    let message = paragraphs.next().unwrap_or_default();
    let hint = paragraphs.find_map(|paragraph| paragraph.strip_prefix("tip: "));
    Error::new(ErrorKind::InvalidInput, message)
        .hint(hint.unwrap_or("`--help` shows what can be given"))
}
