#![allow(missing_docs, reason="temporary")]
use catalog_conditions::*; use catalog_conditions::document::Node; use std::sync::Arc;
#[derive(Clone,Debug,Default)] pub struct ConditionSet(Vec<Condition>);
#[derive(Clone,Debug)] pub struct Condition(String);
impl Condition { pub fn name(&self)->&str{&self.0} pub fn kubernetes_version(_:version::KubeVersionRange)->Self{Self("kubernetes".into())} pub fn vela_version(_:version::VersionRange)->Self{Self("vela".into())} }
impl ConditionSet { pub fn push(&mut self,c:Condition){self.0.push(c)} pub fn iter(&self)->std::slice::Iter<'_,Condition>{self.0.iter()} pub fn read(_:&Arc<SourceFile>,_:Option<&Node>)->(Self,Vec<Diagnostic>){Default::default()} }
impl IntoIterator for ConditionSet { type Item=Condition; type IntoIter=std::vec::IntoIter<Condition>; fn into_iter(self)->Self::IntoIter{self.0.into_iter()} }
