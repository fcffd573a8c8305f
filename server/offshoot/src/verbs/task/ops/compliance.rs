//! `task ops compliance`.

use super::super::report;
use super::common::{Common, Paths};
use crate::context::Context;
use crate::exit::Exit;
use clap::builder::PossibleValuesParser;
use protocol::Error;
use tasks::ops::{check, compliance};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(super) paths: Paths,
    #[command(flatten)]
    pub(super) common: Common,
    /// Only the rules by which a repository can show something for this framework
    #[arg(long, default_value = "general", value_parser = frameworks())]
    framework: String,
    /// A rule that is not used, see docs/rules.md; may be given several times
    #[arg(long, value_name = "RULE", hide_possible_values = true, value_parser = rules())]
    ignore: Vec<String>,
}

fn rules() -> PossibleValuesParser {
    compliance::rules().iter().map(|rule| rule.id).into()
}

fn frameworks() -> PossibleValuesParser {
    compliance::FRAMEWORKS.iter().map(|one| one.name).into()
}

pub(crate) async fn run(context: &Context, args: Args) -> Result<Exit, Error> {
    let strict = args.common.strict;
    let folder = args.paths.folder(context)?;
    let options = compliance::Options {
        check: check::Options {
            within: args.paths.within(context)?,
            allow: args.common.allow.clone(),
            ignore: args.ignore,
        },
        framework: args.framework,
    };
    let work = move |ground: &dyn tasks::ground::Ground| compliance::run(ground, &options);
    let artifact = args
        .common
        .perform(context, folder.as_deref(), work)
        .await?;
    Ok(report::show(
        context,
        compliance::ARTIFACT,
        &artifact,
        strict,
    ))
}
