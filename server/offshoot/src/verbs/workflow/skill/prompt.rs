//! What an agent is told about a command.

use agents::handoff::skill::SkillCommand;

/// The task, what it has to leave, and what it may know.
pub(super) fn text(command: &SkillCommand) -> String {
    let context = &command.context;
    let mut parts: Vec<String> = Vec::new();
    if !context.title.is_empty() {
        parts.push(format!("# {}", context.title));
    }
    if !command.prompt.is_empty() {
        parts.push(command.prompt.clone());
    }
    if !command.command.is_empty() {
        parts.push(command.command.clone());
    }
    if !context.notes.is_empty() {
        parts.push(context.notes.clone());
    }
    parts.extend(list(
        "These files have to be there when you are done:",
        &command.expected_artifacts,
    ));
    parts.extend(list("Consult:", &context.consults));
    if let Some(tier) = context.context_tier {
        parts.push(format!("Context tier: {tier}."));
    }
    parts.join("\n\n") + "\n"
}

fn list(title: &str, items: &[String]) -> Option<String> {
    if items.is_empty() {
        return None;
    }
    let items: Vec<String> = items.iter().map(|item| format!("- {item}")).collect();
    Some(format!("{title}\n{}", items.join("\n")))
}
