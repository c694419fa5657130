//! Numbers the subschemas so that those asked about the same value come after who asks.

use super::place::{Problem, Token};
use super::{Outline, Size, Subschema};
use crate::parameters::limits::ParameterLimits;

/// A subschema that asks itself, or too many others, about one value.
pub(super) struct Endless {
    pub(super) at: usize,
    is_cycle: bool,
}

impl Endless {
    pub(super) fn problem<'v>(
        &self,
        place: Vec<Token<'v>>,
        limits: &ParameterLimits,
    ) -> Problem<'v> {
        let (rule, message, help) = match self.is_cycle {
            true => (
                "ref.endless",
                "this schema asks itself about the same value, and never ends".to_owned(),
                "a schema may lead to itself below `properties` or `items` only",
            ),
            false => (
                "limit.expansion",
                format!(
                    "followed through its references and alternatives, this schema asks more than the {} questions allowed about one value",
                    limits.applications
                ),
                "say it with fewer references inside `allOf`, `anyOf` and `oneOf`, or raise the limit",
            ),
        };
        Problem {
            place,
            rule,
            message,
            help: help.into(),
        }
    }
}

/// The outline with its subschemas in order; none may ask more than `most` questions about one value.
pub(super) fn ordered(
    subschemas: Vec<Subschema>,
    root: usize,
    most: u64,
) -> Result<Outline, Endless> {
    let order = order(&subschemas)?;
    let mut numbers = vec![0; subschemas.len()];
    for (number, &id) in order.iter().enumerate() {
        if let Some(place) = numbers.get_mut(id) {
            *place = number;
        }
    }
    check_expansion(&subschemas, &order, most)?;
    let renumbered = |id: usize| numbers.get(id).copied().unwrap_or_default();
    let mut by_id: Vec<Option<Subschema>> = subschemas.into_iter().map(Some).collect();
    let subschemas = order
        .iter()
        .filter_map(|&id| by_id.get_mut(id)?.take())
        .map(|subschema| subschema.renumbered(&renumbered))
        .collect();
    let mut outline = Outline {
        subschemas,
        root: renumbered(root),
        size: Size::default(),
    };
    outline.mark_alternatives();
    outline.mark_secrets_below();
    Ok(outline)
}

/// Who asks before who is asked (Kahn's algorithm).
fn order(subschemas: &[Subschema]) -> Result<Vec<usize>, Endless> {
    let mut askers = vec![0_usize; subschemas.len()];
    for (target, _) in subschemas.iter().flat_map(|subschema| &subschema.same) {
        if let Some(count) = askers.get_mut(*target) {
            *count += 1;
        }
    }
    let mut ready: Vec<usize> = (0..subschemas.len())
        .filter(|&id| askers.get(id) == Some(&0))
        .collect();
    let mut order = Vec::with_capacity(subschemas.len());
    while let Some(id) = ready.pop() {
        order.push(id);
        for (target, _) in subschemas
            .get(id)
            .into_iter()
            .flat_map(|subschema| &subschema.same)
        {
            if let Some(count) = askers.get_mut(*target) {
                *count -= 1;
                if *count == 0 {
                    ready.push(*target);
                }
            }
        }
    }
    match askers.iter().position(|&count| count > 0) {
        // What is left asks itself, or is asked by what does: say it of one that does.
        Some(left) => Err(Endless {
            at: on_cycle(subschemas, &askers, left),
            is_cycle: true,
        }),
        None => Ok(order),
    }
}

/// A subschema on a cycle: going back from askers to askers among the rest cannot leave it, nor end.
fn on_cycle(subschemas: &[Subschema], askers: &[usize], left: usize) -> usize {
    let is_left = |id: usize| askers.get(id).is_some_and(|&count| count > 0);
    let mut asked_by = vec![None; subschemas.len()];
    for (id, subschema) in subschemas.iter().enumerate().filter(|(id, _)| is_left(*id)) {
        for (target, _) in &subschema.same {
            if let Some(place) = asked_by.get_mut(*target) {
                *place = Some(id);
            }
        }
    }
    let mut at = left;
    for _ in 0..subschemas.len() {
        at = asked_by.get(at).copied().flatten().unwrap_or(at);
    }
    at
}

/// Counts the questions that each subschema asks about one value, itself included.
fn check_expansion(subschemas: &[Subschema], order: &[usize], most: u64) -> Result<(), Endless> {
    let mut questions = vec![0_u64; subschemas.len()];
    for &id in order.iter().rev() {
        let Some(subschema) = subschemas.get(id) else {
            continue;
        };
        let below = subschema.same.iter().map(|(target, times)| {
            let below = questions.get(*target).copied().unwrap_or_default();
            below.saturating_mul(subschema.times(*times))
        });
        let sum = below.fold(subschema.comparisons.max(1), u64::saturating_add);
        if sum > most {
            return Err(Endless {
                at: id,
                is_cycle: false,
            });
        }
        if let Some(place) = questions.get_mut(id) {
            *place = sum;
        }
    }
    Ok(())
}

impl Subschema {
    fn renumbered(mut self, number: &dyn Fn(usize) -> usize) -> Self {
        self.same.iter_mut().for_each(|(id, _)| *id = number(*id));
        self.properties
            .values_mut()
            .for_each(|id| *id = number(*id));
        let lists = [
            &mut self.every_property,
            &mut self.other_properties,
            &mut self.positions,
            &mut self.every_item,
            &mut self.other_items,
        ];
        lists.into_iter().flatten().for_each(|id| *id = number(*id));
        self
    }
}

impl Outline {
    /// What is asked about the same value by an alternative is part of that alternative.
    fn mark_alternatives(&mut self) {
        for id in 0..self.subschemas.len() {
            let Some(subschema) = self
                .subschemas
                .get(id)
                .filter(|subschema| subschema.is_alternative)
            else {
                continue;
            };
            let below: Vec<usize> = subschema.same.iter().map(|(id, _)| *id).collect();
            for id in below {
                if let Some(subschema) = self.subschemas.get_mut(id) {
                    subschema.is_alternative = true;
                }
            }
        }
    }
}
