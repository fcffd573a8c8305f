//! Priorities by name or number.

/// `critical`, `high`, `medium`, `low`, or 0 to 100.
pub(super) fn parse(text: &str) -> Result<u8, String> {
    match text.to_ascii_lowercase().as_str() {
        "critical" => Ok(90),
        "high" => Ok(70),
        "medium" => Ok(50),
        "low" => Ok(30),
        number => match number.parse::<u8>() {
            Ok(value) if value <= 100 => Ok(value),
            _ => Err("give critical, high, medium, low or a number from 0 to 100".to_owned()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn names_and_numbers() {
        let check = |text, expected| assert_eq!(parse(text).ok(), expected, "{text}");
        check("critical", Some(90));
        check("High", Some(70));
        check("medium", Some(50));
        check("low", Some(30));
        check("0", Some(0));
        check("100", Some(100));
        check("101", None);
        check("-1", None);
        check("urgent", None);
    }
}
