//! The command line.

#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) json: bool,
    pub(crate) trace: bool,
    pub(crate) scenario: Option<String>,
    pub(crate) policy: Option<String>,
    pub(crate) seeds: u64,
    /// Of a traced run.
    pub(crate) seed: u64,
}

impl Options {
    pub(crate) fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options =
            Self { json: false, trace: false, scenario: None, policy: None, seeds: 20, seed: 0 };
        while let Some(name) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| format!("{name} needs a value"));
            let number = |text: String| text.parse().map_err(|_| format!("{text} is no number"));
            match name.as_str() {
                "--json" => options.json = true,
                "--trace" => options.trace = true,
                "--scenario" => options.scenario = Some(value()?),
                "--policy" => options.policy = Some(value()?),
                "--seeds" => options.seeds = number(value()?)?,
                "--seed" => options.seed = number(value()?)?,
                _ => {
                    return Err(format!(
                        "{name} is unknown; known: --json --trace --scenario --policy --seeds --seed"
                    ));
                }
            }
        }
        if options.trace && options.scenario.is_none() {
            return Err("--trace needs --scenario NAME".to_owned());
        }
        Ok(options)
    }

    pub(crate) fn wants(&self, scenario: &str) -> bool {
        self.scenario.as_deref().is_none_or(|name| name == scenario)
    }
}
