output "endpoint" {
  value       = module.rds.db_instance_endpoint
  description = "Host and port of the database."
}
