//! What comes before what.

use std::collections::HashMap;

use groma_execution_types::{Step, ValidationError};

/// What comes before what; steps are numbers, their places in the plan.
#[derive(Debug, Clone, Default)]
pub(super) struct Graph {
    /// What has to be completed before each.
    pub(super) before: Vec<Vec<usize>>,
    /// What waits for each.
    pub(super) after: Vec<Vec<usize>>,
    /// The place of each in one order that keeps to all of it.
    place: Vec<usize>,
}

impl Graph {
    /// Returns the graph of steps whose ids are known to be different.
    ///
    /// # Errors
    /// When a step depends on one that is not there, on itself, or on one that depends on it: the whole way round is
    /// told.
    pub(super) fn of(steps: &[Step], places: &HashMap<&str, usize>) -> Result<Self, ValidationError> {
        let mut before = vec![Vec::new(); steps.len()];
        let mut after = vec![Vec::new(); steps.len()];
        for (at, step) in steps.iter().enumerate() {
            let field = || format!("steps[{at}].depends_on");
            for name in &step.depends_on {
                let Some(&needed) = places.get(name.as_str()) else {
                    let detail = format!("of step `{}` names `{name}`, and there is no such step", step.id);
                    return Err(ValidationError::new(field(), detail));
                };
                if needed == at {
                    return Err(ValidationError::new(
                        field(),
                        format!("of step `{name}` names the step itself"),
                    ));
                }
                before[at].push(needed);
            }
            before[at].sort_unstable();
            if before[at].windows(2).any(|pair| pair[0] == pair[1]) {
                let detail = format!("of step `{}` names a step twice", step.id);
                return Err(ValidationError::new(field(), detail));
            }
            for &needed in &before[at] {
                after[needed].push(at);
            }
        }
        let mut graph = Self { before, after, place: vec![usize::MAX; steps.len()] };
        let placed = graph.order();
        if placed == steps.len() {
            return Ok(graph);
        }
        let cycle = graph.cycle();
        let at = cycle.first().copied().unwrap_or_default();
        let detail = format!("goes round in a circle: {}; take out one of these", shown(steps, &cycle));
        Err(ValidationError::new(format!("steps[{at}].depends_on"), detail))
    }

    /// Gives every step its place (Kahn's algorithm). Returns how many have one; those in circles have none.
    fn order(&mut self) -> usize {
        let mut waits: Vec<usize> = self.before.iter().map(Vec::len).collect();
        let mut next: Vec<usize> = (0..waits.len()).filter(|at| waits[*at] == 0).collect();
        let mut placed = 0;
        while let Some(at) = next.pop() {
            self.place[at] = placed;
            placed += 1;
            for &later in &self.after[at] {
                waits[later] -= 1;
                if waits[later] == 0 {
                    next.push(later);
                }
            }
        }
        placed
    }

    /// Returns a circle among the steps without a place: each depends on the next, the last on the first.
    fn cycle(&self) -> Vec<usize> {
        let unplaced = |at: &usize| self.place[*at] == usize::MAX;
        let mut path = Vec::new();
        let mut seen = HashMap::new();
        let mut next = (0..self.place.len()).find(unplaced);
        while let Some(at) = next {
            if let Some(&first) = seen.get(&at) {
                return path.split_off(first);
            }
            seen.insert(at, path.len());
            path.push(at);
            // Every step without a place waits for another one.
            next = self.before[at].iter().copied().find(|at| unplaced(at));
        }
        path
    }

    /// Returns whether `early` is sure to be completed before `late` begins; `None` if finding out would take more
    /// steps than `budget` has left.
    pub(super) fn comes_before(&self, early: usize, late: usize, budget: &mut usize) -> Option<bool> {
        if self.before[late].binary_search(&early).is_ok() {
            return Some(true);
        }
        let mut seen = std::collections::HashSet::from([late]);
        let mut next = vec![late];
        while let Some(at) = next.pop() {
            *budget = budget.checked_sub(1 + self.before[at].len())?;
            for &needed in &self.before[at] {
                if needed == early {
                    return Some(true);
                }
                // What has its place before `early` cannot depend on it.
                if self.place[needed] > self.place[early] && seen.insert(needed) {
                    next.push(needed);
                }
            }
        }
        Some(false)
    }
}

fn shown(steps: &[Step], cycle: &[usize]) -> String {
    const SHOWN: usize = 20;
    let mut names: Vec<String> = cycle.iter().take(SHOWN).map(|at| steps[*at].id.clone()).collect();
    if cycle.len() > SHOWN {
        names.push(format!("({} more)", cycle.len() - SHOWN));
    }
    names.extend(cycle.first().map(|at| steps[*at].id.clone()));
    names.join(" → ")
}
