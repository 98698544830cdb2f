variable "database" {
  description = "PostgreSQL for the record, by RDS. Null: you bring your own."
  type = object({
    postgres_version    = optional(string, "17")
    instance_class      = optional(string, "db.t4g.small")
    storage_gb          = optional(number, 20)
    multi_az            = optional(bool, true)
    backup_days         = optional(number, 7)
    deletion_protection = optional(bool, true)
  })
  default = {}

  validation {
    condition     = var.database == null || can(regex("^1[4-9](\\.[0-9]+)?$", var.database.postgres_version))
    error_message = "database.postgres_version must be 14 or newer, such as 17."
  }

  validation {
    condition     = var.database == null || can(regex("^db\\.[a-z0-9]+\\.(micro|small|medium|[0-9]*x?large)$", var.database.instance_class))
    error_message = "database.instance_class must be a class such as db.t4g.small."
  }

  validation {
    condition     = try(var.database.storage_gb >= 20 && var.database.storage_gb <= 10000 && floor(var.database.storage_gb) == var.database.storage_gb, var.database == null)
    error_message = "database.storage_gb must be a whole number from 20 to 10000."
  }

  validation {
    condition     = try(var.database.backup_days >= 1 && var.database.backup_days <= 35 && floor(var.database.backup_days) == var.database.backup_days, var.database == null)
    error_message = "database.backup_days must be a whole number from 1 to 35."
  }
}
