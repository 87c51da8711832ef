//! What a click in the tray's menu means.

/// A menu item that does something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    TogglePause,
    CopyBaseUrl,
    OpenWindow,
    Quit,
}

impl Action {
    const ALL: [Self; 4] = [Self::TogglePause, Self::CopyBaseUrl, Self::OpenWindow, Self::Quit];

    /// The menu item's id.
    pub(super) fn id(self) -> &'static str {
        match self {
            Self::TogglePause => "toggle-pause",
            Self::CopyBaseUrl => "copy-base-url",
            Self::OpenWindow => "open-window",
            Self::Quit => "quit",
        }
    }

    /// The action of the menu item with this id.
    pub(super) fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.id() == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_is_found_by_its_own_id() {
        for action in Action::ALL {
            assert_eq!(Action::from_id(action.id()), Some(action), "ids are unique");
        }
        assert_eq!(Action::from_id("status"), None, "the status row does nothing");
    }
}
