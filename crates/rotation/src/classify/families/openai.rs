//! OpenAI, and Azure, which speaks the same with a few rows of its own.

use super::words::*;

const CODES: &str = "OpenAI error codes page and help article 5955604, 2026-11-20";
const LIMITS: &str = "OpenAI rate limits page, 2026-11-20";
const AZURE_429: &str = "Microsoft Learn on Azure 429, 2026-11-20";

/// Billing codes of 2026: they last until the next month, whatever hint stands beside them.
const SPEND: &[&str] = &[
    "organization_spend_limit_exceeded",
    "organization_usage_limit_exceeded",
    "project_spend_limit_exceeded",
];
const PER_DAY: &[&str] = &["(rpd)", "(tpd)", "per day"];

pub(super) const RULES: &[Rule] = &[
    rule(&[429], SPEND, &[], OutOfCredit(Reset::UtcMonth), CODES),
    rule(&[429], &["slow_down"], &["overloaded"], AtCapacity, CODES),
    rule(&[429], &["rate_limit_exceeded"], &["request too large"], TooLargeForTier, LIMITS),
    rule(&[429], &["rate_limit_exceeded"], PER_DAY, Limited(OwnerModel, Is(Day), Reset::Stated), LIMITS),
    rule(&[429], &["rate_limit_exceeded", "slow_down"], &[], LIMITED_MINUTE, LIMITS),
    rule(&[404], &["model_not_found"], &[], RESTRICTED, CODES),
    // The reasoning belongs to another organisation.
    rule(&[400], &["invalid_encrypted_content"], &[], Rejected(Some("encrypted_content")), CODES),
    rule(&[403], &["unsupported_country_region_territory"], &[], RESTRICTED_FOR_GOOD, CODES),
    rule(&[401], &[], &["ip not authorized", "ip address not authorized"], RESTRICTED_FOR_GOOD, CODES),
    rule(&[401], &[], &["must be a member of an organization"], RESTRICTED_FOR_GOOD, CODES),
    rule(&[400], &[], &["violating our usage policy"], ContentRefused, CODES),
];

pub(super) const AZURE: &[Rule] = &[
    rule(&[404], &["deploymentnotfound"], &[], RESTRICTED_FOR_GOOD, AZURE_429),
    rule(&[429], &[], &["high demand"], AtCapacity, AZURE_429),
    rule(&[429], &[], &["exceeded token rate limit", "exceeded call rate limit"], LIMITED_MINUTE, AZURE_429),
    rule(&[403], &[], &["temporarily blocked"], RESTRICTED, AZURE_429),
    rule(&[403], &[], &["network", "firewall", "virtual network"], RESTRICTED_FOR_GOOD, AZURE_429),
];
