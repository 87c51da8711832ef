//! What a simulated provider says, and how many tokens it charges for it.

use crate::request::ChatRequest;
use crate::script::Script;

/// Words that follow the opening sentence, over and over: several bytes per character, and slashes.
const FILLER: [&str; 12] = [
    "Every",
    "word",
    "here",
    "is",
    "simulated:",
    "naïve",
    "café,",
    "漢字,",
    "either/or,",
    "a \"quote\",",
    "and",
    "🙂.",
];

const CHARACTERS_PER_TOKEN: usize = 4;

/// One chat answer before it is put on the wire.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) id: String,
    pub(crate) provider: String,
    pub(crate) model: String,
    pub(crate) text: String,
    pub(crate) prompt_tokens: u32,
    pub(crate) completion_tokens: u32,
}

impl Answer {
    pub(crate) fn compose(script: &Script, request: &ChatRequest, number: u64) -> Self {
        let mut text = format!("Simulated answer from {}: you said “{}”.", script.provider, request.echo());
        for word in FILLER.iter().cycle().take(script.answer_words) {
            text.push(' ');
            text.push_str(word);
        }
        Self {
            id: format!("chatcmpl-sim-{number:06}"),
            provider: script.provider.clone(),
            model: request.model.clone(),
            prompt_tokens: tokens(request.text_characters()),
            completion_tokens: tokens(text.chars().count()),
            text,
        }
    }

    /// The same answer with nothing said.
    pub(crate) fn emptied(&self) -> Self {
        Self { text: String::new(), completion_tokens: 0, ..self.clone() }
    }

    pub(crate) fn total_tokens(&self) -> u32 {
        self.prompt_tokens.saturating_add(self.completion_tokens)
    }
}

fn tokens(characters: usize) -> u32 {
    u32::try_from(characters.div_ceil(CHARACTERS_PER_TOKEN)).unwrap_or(u32::MAX).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_names_the_provider_echoes_the_user_and_counts_tokens() {
        let request: ChatRequest =
            serde_json::from_str(r#"{"model":"m","messages":[{"role":"user","content":"12345678"}]}"#)
                .unwrap();
        let script = Script { answer_words: 1, ..Script::new("groq") };
        let answer = Answer::compose(&script, &request, 7);
        assert_eq!(answer.text, "Simulated answer from groq: you said “12345678”. Every");
        assert_eq!(answer.id, "chatcmpl-sim-000007");
        assert_eq!((answer.prompt_tokens, answer.completion_tokens), (2, 14));
        assert_eq!(answer.total_tokens(), 16);
    }
}
