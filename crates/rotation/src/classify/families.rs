//! Which table belongs to which provider.
//!
//! The rows were compiled on 2026-11-20 from the sources that they name; nothing was tried against a live API.
//! `(unverified)` marks a row with one indirect source. What a reply states is always stronger than a row's guess.

use crate::classify::rule::Rule;

mod anthropic;
mod bedrock;
mod cerebras;
mod chutes;
mod cloudflare;
mod cohere;
mod dashscope;
mod deepseek;
mod fireworks;
pub(crate) mod generic;
mod google;
mod groq;
mod huggingface;
mod local;
mod minimax;
mod mistral;
mod moonshot;
mod nvidia;
mod openai;
mod openrouter;
mod perplexity;
mod sambanova;
mod together;
mod xai;
mod zai;

/// The provider's own rows; none for a provider that is not known.
pub(crate) fn table(provider: &str) -> &'static [Rule] {
    match provider {
        "anthropic" => anthropic::RULES,
        "azure" => openai::AZURE,
        "bedrock" => bedrock::RULES,
        "cerebras" => cerebras::RULES,
        "chutes" => chutes::RULES,
        "cloudflare" => cloudflare::RULES,
        "cohere" => cohere::RULES,
        "dashscope" => dashscope::RULES,
        "deepseek" => deepseek::RULES,
        "fireworks" => fireworks::RULES,
        "google" => google::GEMINI,
        "groq" => groq::RULES,
        "huggingface" => huggingface::RULES,
        "llamacpp" | "lmstudio" | "ollama" | "vllm" => local::RULES,
        "minimax" => minimax::RULES,
        "mistral" => mistral::RULES,
        "moonshot" => moonshot::RULES,
        "nvidia" => nvidia::RULES,
        "ollama-cloud" => local::OLLAMA_CLOUD,
        "openai" => openai::RULES,
        "openrouter" => openrouter::RULES,
        "perplexity" => perplexity::RULES,
        "sambanova" => sambanova::RULES,
        "together" => together::RULES,
        "vertex" => google::VERTEX,
        "xai" => xai::RULES,
        "zai" => zai::RULES,
        _ => &[],
    }
}

/// What the tables are written with.
mod words {
    pub(super) use crate::LimitScope::{Owner, OwnerModel};
    pub(super) use crate::LimitWindow::{Day, Hour, Minute, Month, Second, Unknown};
    pub(super) use crate::classify::rule::Meaning::{
        self, AtCapacity, ClientGone, ContentRefused, ContextTooLong, KeyRejected, Limited, ModelFault,
        OutOfCredit, Rejected, RequestRefused, TooLargeForTier, UpstreamFailed,
    };
    pub(super) use crate::classify::rule::Reset;
    pub(super) use crate::classify::rule::Window::{Else, Is};
    pub(super) use crate::classify::rule::{Rule, rule};

    /// Asked again now and then, in case access was granted.
    pub(super) const RESTRICTED: Meaning = Meaning::KeyRestricted { lasting: false };
    /// Until the person acts.
    pub(super) const RESTRICTED_FOR_GOOD: Meaning = Meaning::KeyRestricted { lasting: true };
    /// Asked again now and then.
    pub(super) const MODEL_GONE: Meaning = Meaning::ModelGone { permanent: false };
    /// Never comes back.
    pub(super) const MODEL_RETIRED: Meaning = Meaning::ModelGone { permanent: true };
    /// No credit, and no time at which there will be some.
    pub(super) const NO_CREDIT: Meaning = OutOfCredit(Reset::Unknown);
    /// A limit of the owner for the model, whose window only headers or text can name.
    pub(super) const LIMITED: Meaning = Limited(OwnerModel, Else(Unknown), Reset::Stated);
    /// The same, usually over a minute.
    pub(super) const LIMITED_MINUTE: Meaning = Limited(OwnerModel, Else(Minute), Reset::Stated);
    /// The same, over a second or a number of requests at the same time.
    pub(super) const LIMITED_SECOND: Meaning = Limited(OwnerModel, Else(Second), Reset::Stated);
}
