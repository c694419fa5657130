//! Ledgers as text.

use std::fmt;

use catalog_model::conditions::show::one_line;

use super::operation::{Change, OperationLedger};

impl fmt::Display for OperationLedger {
    /// A line for the operation, then one for each entry (`+` comes, `~` changes, `-` goes), what roles allow that they did not (`^`), each condition and whatever is unexamined (`?`).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.action(), one_line(self.package()))?;
        let versions = [self.from(), self.to()].map(|version| version.map(one_line));
        match versions {
            [Some(from), Some(to)] => write!(f, " {from} -> {to}")?,
            [one, other] => write!(f, " {}", one.or(other).unwrap_or_default())?,
        }
        writeln!(f, " in {}", one_line(self.namespace()))?;
        if self.entries().is_empty() && self.unexamined().is_empty() {
            writeln!(f, "  nothing is added, changed or dropped")?;
        }
        for entry in self.entries() {
            let sign = match entry.change() {
                Change::Added => '+',
                Change::Changed => '~',
                Change::Dropped => '-',
            };
            writeln!(
                f,
                "  {sign} {:<10}  {}",
                entry.effect().kind(),
                entry.effect()
            )?;
        }
        for growth in self.growth() {
            writeln!(f, "  ^ growth      {growth}")?;
        }
        for condition in self.conditions() {
            let name = one_line(condition.name());
            match condition.needs() {
                Some(needs) => {
                    let needs = one_line(needs);
                    writeln!(
                        f,
                        "  ? condition   \"{name}\" is asked once {needs} is there"
                    )?;
                }
                None => writeln!(f, "  ? condition   \"{name}\" is not asked yet")?,
            }
        }
        for one in self.unexamined() {
            let [what, why] = [one.what(), one.why()].map(one_line);
            writeln!(f, "  ? unexamined  {what}: {why}")?;
        }
        Ok(())
    }
}
