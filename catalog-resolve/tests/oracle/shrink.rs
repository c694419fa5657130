//! Making a world smaller while something still holds of it.

use super::world::{Package, Release, World};

impl World {
    /// The smallest world that can be reached by leaving out one thing at a time, such that something still holds.
    pub(crate) fn shrunk(self, holds: impl Fn(&World) -> bool) -> World {
        let mut world = self;
        loop {
            let mut smaller = world
                .smaller()
                .into_iter()
                .filter(|smaller| !smaller.is_faulty());
            match smaller.find(&holds) {
                Some(next) => world = next,
                None => return world,
            }
        }
    }

    /// All worlds with one thing less.
    fn smaller(&self) -> Vec<World> {
        let mut all = Vec::new();
        all.extend(without(self, |w| &mut w.packages));
        for package in 0..self.packages.len() {
            all.extend(without(self, |w| &mut w.packages[package].releases));
        }
        all.extend(without(self, |w| &mut w.items));
        all.extend(without(self, |w| &mut w.installed));
        all.extend(without(self, |w| &mut w.locked));
        all.extend(without(self, |w| &mut w.removals));
        all.extend(without(self, |w| &mut w.upgrades));
        all.extend(without(self, |w| &mut w.exclusions));
        all.extend(without(self, |w| &mut w.prereleases));
        all.extend(without(self, |w| &mut w.cluster));
        all.extend(without(self, |w| &mut w.catalogs));
        for package in 0..self.packages.len() {
            for release in 0..self.packages[package].releases.len() {
                self.say_less(&mut all, |w| &mut w.packages[package].releases[release]);
            }
            all.extend(switched_off(self, |w| {
                &mut w.packages[package].is_namespaced
            }));
            all.extend(moved_home(self, |w| &mut w.packages[package]));
        }
        self.ask_less(&mut all);
        all
    }

    fn say_less(&self, all: &mut Vec<World>, of: impl Fn(&mut World) -> &mut Release + Copy) {
        all.extend(without(self, |w| &mut of(w).dependencies));
        all.extend(without(self, |w| &mut of(w).conflicts));
        all.extend(without(self, |w| &mut of(w).requires));
        all.extend(without(self, |w| &mut of(w).provides));
        all.extend(without(self, |w| &mut of(w).definitions));
        all.extend(without(self, |w| &mut of(w).replaces));
        all.extend(unsaid(self, |w| &mut of(w).skip_range));
        all.extend(unsaid(self, |w| &mut of(w).catalog));
        all.extend(without(self, |w| &mut of(w).also_in));
        all.extend(unsaid(self, |w| &mut of(w).content));
        all.extend(unsaid(self, |w| &mut of(w).group));
        all.extend(switched_off(self, |w| &mut of(w).is_yanked));
        all.extend(switched_off(self, |w| &mut of(w).is_deprecated));
        let count = of(&mut self.clone()).dependencies.len();
        for d in 0..count {
            all.extend(unsaid(self, |w| &mut of(w).dependencies[d].catalog));
            all.extend(widened(self, |w| &mut of(w).dependencies[d].range));
        }
    }

    fn ask_less(&self, all: &mut Vec<World>) {
        for i in 0..self.items.len() {
            all.extend(switched_off(self, |w| &mut w.items[i].is_declaration));
            all.extend(switched_off(self, |w| &mut w.items[i].is_rollback));
            all.extend(unsaid(self, |w| &mut w.items[i].catalog));
            all.extend(unsaid(self, |w| &mut w.items[i].namespace));
            all.extend(widened(self, |w| &mut w.items[i].range));
        }
        for i in 0..self.installed.len() {
            all.extend(switched_off(self, |w| &mut w.installed[i].is_pinned));
            all.extend(switched_off(self, |w| &mut w.installed[i].is_requested));
            all.extend(unsaid(self, |w| &mut w.installed[i].catalog));
            all.extend(without(self, |w| &mut w.installed[i].also_in));
            all.extend(unsaid(self, |w| &mut w.installed[i].content));
            all.extend(without(self, |w| &mut w.installed[i].history));
        }
        for i in 0..self.locked.len() {
            all.extend(unsaid(self, |w| &mut w.locked[i].catalog));
            all.extend(without(self, |w| &mut w.locked[i].also_in));
            all.extend(unsaid(self, |w| &mut w.locked[i].content));
        }
        for i in 0..self.exclusions.len() {
            all.extend(unsaid(self, |w| &mut w.exclusions[i].catalog));
            all.extend(switched_off(self, |w| {
                &mut w.exclusions[i].is_even_if_installed
            }));
        }
        all.extend(switched_off(self, |w| &mut w.upgrades_all));
        all.extend(switched_off(self, |w| &mut w.autoremoves));
        all.extend(switched_off(self, |w| &mut w.wants_fewest_changes));
        all.extend(switched_off(self, |w| &mut w.all_prereleases));
    }
}

/// The worlds with one entry of a list less.
fn without<T>(world: &World, list: impl Fn(&mut World) -> &mut Vec<T>) -> Vec<World> {
    let count = list(&mut world.clone()).len();
    let less = |entry| {
        let mut less = world.clone();
        list(&mut less).remove(entry);
        less
    };
    (0..count).map(less).collect()
}

fn unsaid(world: &World, said: impl Fn(&mut World) -> &mut Option<&'static str>) -> Option<World> {
    let mut less = world.clone();
    said(&mut less).take().map(|_| less)
}

fn switched_off(world: &World, switch: impl Fn(&mut World) -> &mut bool) -> Option<World> {
    let mut less = world.clone();
    std::mem::take(switch(&mut less)).then_some(less)
}

fn widened(world: &World, range: impl Fn(&mut World) -> &mut &'static str) -> Option<World> {
    let mut less = world.clone();
    (std::mem::replace(range(&mut less), "*") != "*").then_some(less)
}

fn moved_home(world: &World, package: impl Fn(&mut World) -> &mut Package) -> Option<World> {
    let mut less = world.clone();
    let old = std::mem::replace(&mut package(&mut less).namespace, super::world::HOME);
    (old != super::world::HOME).then_some(less)
}
