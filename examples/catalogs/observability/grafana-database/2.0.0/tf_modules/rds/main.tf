terraform {
  required_version = ">= 1.6"
}

module "rds" {
  source  = "terraform-aws-modules/rds/aws"
  version = "~> 6.10"

  identifier           = var.identifier
  engine               = "postgres"
  engine_version       = var.engine_version
  family               = "postgres${var.engine_version}"
  major_engine_version = var.engine_version
  instance_class       = var.instance_class
  allocated_storage    = var.allocated_storage
  multi_az             = var.multi_az

  db_name  = "grafana"
  username = "grafana"
  password = var.password

  manage_master_user_password = false
  backup_retention_period     = 14
  deletion_protection         = true
}
