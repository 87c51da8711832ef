//! Gemini (AI Studio) and Vertex. Limits count per project and model; days end at midnight Pacific.

use super::words::*;

const TROUBLE: &str = "Gemini troubleshooting page, 2026-11-20";
const LIMITS: &str = "Gemini rate limits page and public reports of 2026-07";
const KEYS: &str = "discuss.ai.google.dev threads on AQ. keys, 2026-06 to 08";
const VERTEX_QUOTA: &str = "Vertex dynamic shared quota, 2026-11-20";

const DAY: Meaning = Limited(OwnerModel, Is(Day), Reset::PacificMidnight);
const MINUTE: Meaning = Limited(OwnerModel, Is(Minute), Reset::Stated);
const NOT_ON_TIER: &[&str] = &["limit: 0,", "limit: 0\n", "limit: 0 ", "limit: 0."];
const NO_PREPAID: &[&str] = &["prepay credit", "prepayment credits are depleted", "prepaid credit"];
const BAD_OUTPUT: &[&str] = &["malformed_function_call", "unexpected_tool_call", "empty_answer"];

pub(super) const GEMINI: &[Rule] = &[
    rule(&[], &["api_key_invalid", "api_key_expired"], &[], KeyRejected, TROUBLE),
    // The engine may first try the key's other form (header or bearer).
    rule(&[401], &["access_token_type_unsupported"], &[], KeyRejected, KEYS),
    rule(&[403], &["service_disabled"], &[], RESTRICTED_FOR_GOOD, TROUBLE),
    rule(&[403], &["api_key_service_blocked"], &[], RESTRICTED_FOR_GOOD, "(unverified), 2026-11-20"),
    rule(&[403], &["api_key_ip_address_blocked"], &[], RESTRICTED_FOR_GOOD, "(unverified), 2026-11-20"),
    rule(&[403], &["api_key_http_referrer_blocked"], &[], RESTRICTED_FOR_GOOD, "(unverified), 2026-11-20"),
    rule(&[429], &["perday", "perminute"], NOT_ON_TIER, RESTRICTED, LIMITS),
    // A short `retryDelay` beside a daily quota is misleading; several violations mean the longest window.
    rule(&[429], &["perday"], &[], DAY, LIMITS),
    rule(&[429], &["perminute"], &[], MINUTE, LIMITS),
    rule(&[], &["prohibited_content", "safety", "blocklist", "spii"], &[], ContentRefused, TROUBLE),
    rule(&[], &["prompt_blocked"], &[], ContentRefused, TROUBLE),
    rule(&[], BAD_OUTPUT, &[], ModelFault, TROUBLE),
    rule(&[503], &["unavailable"], &[], AtCapacity, TROUBLE),
    rule(&[400], &[], &["api key expired", "api key not valid"], KeyRejected, TROUBLE),
    rule(&[403], &[], &["reported as leaked"], KeyRejected, TROUBLE),
    rule(&[403], &[], &["referrer", "referer", "ip address restriction"], RESTRICTED_FOR_GOOD, TROUBLE),
    rule(
        &[400],
        &[],
        &["not available in your country", "location is not supported"],
        RESTRICTED_FOR_GOOD,
        TROUBLE,
    ),
    rule(&[402, 429], &[], NO_PREPAID, NO_CREDIT, TROUBLE),
    rule(&[429], &[], NOT_ON_TIER, RESTRICTED, LIMITS),
    rule(&[429], &[], &["per_day", "perday", "requests per day"], DAY, LIMITS),
    rule(&[429], &[], &["per_minute", "perminute", "requests per minute"], MINUTE, LIMITS),
    rule(&[429], &[], &["resource has been exhausted (e.g. check quota)"], AtCapacity, LIMITS),
    rule(
        &[400],
        &[],
        &["thought_signature", "thought signature"],
        Rejected(Some("thought_signature")),
        TROUBLE,
    ),
    rule(&[400], &[], &["unknown name", "invalid json payload"], Rejected(None), TROUBLE),
    rule(
        &[400],
        &[],
        &["function_declarations…schema", "response_schema", "schema…field"],
        Rejected(Some("tools")),
        TROUBLE,
    ),
    rule(&[429], &[], &[], LIMITED_MINUTE, LIMITS),
    rule(&[503], &[], &[], AtCapacity, TROUBLE),
];

pub(super) const VERTEX: &[Rule] = &[
    rule(&[429], &["perday"], &[], DAY, LIMITS),
    rule(&[429], &["perminute"], &[], MINUTE, LIMITS),
    rule(&[429], &["resource_exhausted"], &[], AtCapacity, VERTEX_QUOTA),
    rule(
        &[],
        &["prohibited_content", "safety", "blocklist", "spii", "prompt_blocked"],
        &[],
        ContentRefused,
        TROUBLE,
    ),
    rule(&[], BAD_OUTPUT, &[], ModelFault, TROUBLE),
    rule(&[429, 503], &[], &[], AtCapacity, VERTEX_QUOTA),
];
