//! JSON text the way some other server writes it.

use serde_json::Value;

/// `text` as a JSON string with every slash escaped, which is legal and rarely re-encoded alike.
pub(crate) fn string(text: &str) -> String {
    Value::from(text).to_string().replace('/', "\\/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slashes_are_escaped_and_the_text_survives() {
        for text in ["a/b", "\\/", "\"/\n", "漢/🙂"] {
            let written = string(text);
            assert!(written.contains("\\/"));
            assert_eq!(serde_json::from_str::<String>(&written).unwrap(), text);
        }
    }
}
