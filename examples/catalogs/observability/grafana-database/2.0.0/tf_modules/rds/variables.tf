variable "identifier" {
  type        = string
  default     = "grafana"
  description = "Name of the database instance."
}

variable "engine_version" {
  type        = string
  default     = "16"
  description = "Major version of PostgreSQL."
}

variable "instance_class" {
  type        = string
  description = "Size of the instance, for example db.t4g.small."
}

variable "allocated_storage" {
  type        = number
  default     = 20
  description = "Storage in GiB."

  validation {
    condition     = var.allocated_storage >= 20
    error_message = "RDS takes at least 20 GiB."
  }
}

variable "multi_az" {
  type        = bool
  default     = true
  description = "Keep a standby in a second zone."
}

variable "password" {
  type        = string
  sensitive   = true
  description = "Password of the user grafana."
}
