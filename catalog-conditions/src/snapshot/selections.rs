//! The selections that a snapshot holds whole.

use std::collections::{BTreeMap, BTreeSet};

use super::coverage::Places;
use crate::selector::LabelSelector;

/// How many requirements are looked up for one question. A selector has a few; it takes hundreds, and thousands of selections made
/// of them, to come near.
const STEPS: usize = 100_000;

/// Selectors of one kind, and where each was read.
///
/// A selection is held by any that asks for less: its requirements are a subset of those asked for. Sets of requirements are kept
/// as paths from a root, in the order of their texts, so that a question walks along its own requirements only, however many
/// selections there are. The nodes lie in a list: nothing here nests as deep as a selector is long.
#[derive(Clone, Debug)]
pub(super) struct Selections {
    nodes: Vec<Node>,
}

#[derive(Clone, Debug, Default)]
struct Node {
    places: Places,
    next: BTreeMap<String, usize>,
}

impl Default for Selections {
    fn default() -> Self {
        Self {
            nodes: vec![Node::default()],
        }
    }
}

impl Selections {
    /// The places where exactly this selection is held, to add to.
    pub(super) fn places_mut(&mut self, selector: &LabelSelector) -> Option<&mut Places> {
        let mut at = 0;
        for requirement in texts(selector) {
            let new = self.nodes.len();
            let node = self.nodes.get_mut(at)?;
            at = *node.next.entry(requirement).or_insert(new);
            if at == new {
                self.nodes.push(Node::default());
            }
        }
        self.nodes.get_mut(at).map(|node| &mut node.places)
    }

    /// Whether some selection that holds all that `asked` selects was read in places that satisfy `fits`. Where finding it takes more
    /// than [`STEPS`], none is found: what is not known to be covered is not.
    pub(super) fn any(&self, asked: &LabelSelector, fits: impl Fn(&Places) -> bool) -> bool {
        let asked: Vec<String> = texts(asked).into_iter().collect();
        let mut waiting = vec![(0, 0)];
        let mut steps = 0;
        while let Some((at, from)) = waiting.pop() {
            let Some(node) = self.nodes.get(at) else {
                continue;
            };
            if fits(&node.places) {
                return true;
            }
            steps += asked.len() - from;
            if steps > STEPS {
                return false;
            }
            let rest = asked.iter().enumerate().skip(from);
            waiting.extend(rest.filter_map(|(at, text)| Some((*node.next.get(text)?, at + 1))));
        }
        false
    }
}

/// The requirements as kubectl's text has them, each once.
fn texts(selector: &LabelSelector) -> BTreeSet<String> {
    let requirements = selector.requirements().iter();
    requirements.map(ToString::to_string).collect()
}
