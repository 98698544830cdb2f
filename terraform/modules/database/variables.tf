variable "name" {
  description = "Name of the instance, and prefix of the names of its parts."
  type        = string
}

variable "vpc_id" {
  description = "VPC of the instance."
  type        = string
}

variable "subnet_ids" {
  description = "Private subnets of the instance."
  type        = list(string)
}

variable "client_security_group_id" {
  description = "Security group that may connect."
  type        = string
}

variable "kms_key_arn" {
  description = "Key that encrypts the storage."
  type        = string
}

variable "postgres_version" {
  description = "Version of PostgreSQL, major or major.minor."
  type        = string
}

variable "instance_class" {
  description = "Class of the instance."
  type        = string
}

variable "storage_gb" {
  description = "Storage to begin with, GB; it grows up to five times that."
  type        = number
}

variable "multi_az" {
  description = "A standby in a second zone, which takes over by itself."
  type        = bool
}

variable "backup_days" {
  description = "Days of backups, to any second of which a restore can go."
  type        = number
}

variable "deletion_protection" {
  description = "Refuse to delete the instance, and take a last snapshot when it is deleted after all."
  type        = bool
}
