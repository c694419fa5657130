//! Condition files of any length.

/// A file of so many conditions, of each kind in turn that packages write: a named object, the version of the cluster, an API, a CRD,
/// every object of a kind, and questions joined.
pub fn condition_file(conditions: usize) -> String {
    let items = (0..conditions).map(|at| {
        let question = match at % 6 {
            0 => format!(
                "  target: {{ apiVersion: apps/v1, kind: Deployment, name: web-{at}, namespace: shop, fieldPath: status.readyReplicas }}\n  op: ge\n  value: 2\n"
            ),
            1 => "  message: upgrade the cluster first\n  target: { kubeVersion: {} }\n  op: range\n  value: \">=1.28\"\n".to_owned(),
            2 => format!("  target: {{ apiAvailable: {{ group: g{at}.example.com, kind: Widget }} }}\n"),
            3 => format!("  severity: warning\n  target: {{ crd: {{ name: widgets.g{at}.example.com }} }}\n"),
            4 => format!(
                "  target: {{ apiVersion: apps/v1, kind: DaemonSet, selector: {{ matchLabels: {{ app: agent-{at} }} }}, namespaces: all, fieldPath: \"status.conditions[type=Ready].status\" }}\n  each: all\n  op: eq\n  value: \"True\"\n"
            ),
            _ => format!(
                "  any:\n  - target: {{ apiAvailable: {{ group: g{at}.example.com, kind: Gadget }} }}\n  - not: {{ target: {{ crd: {{ name: gadgets.g{at}.example.com }} }} }}\n"
            ),
        };
        format!("- name: condition {at}\n{question}")
    });
    "conditions:\n".to_owned() + &items.collect::<String>()
}
