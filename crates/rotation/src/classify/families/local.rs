//! Servers on this machine, and Ollama's cloud.

use super::words::*;

const DOCS: &str = "Ollama, llama.cpp and vLLM docs, 2026-11-20";
const CLOUD: &str = "freellmapi notes and Ollama docs, 2026-11-20";

pub(super) const RULES: &[Rule] = &[
    rule(&[503], &[], &["loading model"], AtCapacity, DOCS),
    rule(&[404], &[], &["model…not found", "does not exist"], MODEL_GONE, DOCS),
];

pub(super) const OLLAMA_CLOUD: &[Rule] = &[
    rule(&[403], &[], &["requires a subscription"], RESTRICTED, CLOUD),
    rule(&[429], &[], &["weekly usage limit"], Limited(Owner, Is(Month), Reset::Stated), CLOUD),
    rule(&[429], &[], &["session", "usage limit"], Limited(Owner, Is(Hour), Reset::Stated), CLOUD),
];
