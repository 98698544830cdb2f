# The plan of the database alone, with a mock provider.

mock_provider "aws" {
  source = "../../cluster/tests/aws"
}

variables {
  name                     = "coppice"
  vpc_id                   = "vpc-0aaa"
  subnet_ids               = ["subnet-0aaa", "subnet-0bbb"]
  client_security_group_id = "sg-0aaa"
  kms_key_arn              = "arn:aws:kms:eu-central-1:123456789012:key/0aaa"
  postgres_version         = "17"
  instance_class           = "db.t4g.small"
  storage_gb               = 20
  multi_az                 = true
  backup_days              = 7
  deletion_protection      = true
}

run "is_not_public_and_encrypted_and_keeps_its_password_to_itself" {
  assert {
    condition     = !aws_db_instance.this.publicly_accessible && aws_db_instance.this.storage_encrypted && aws_db_instance.this.manage_master_user_password
    error_message = "the database is public, in the clear, or has its password in the state"
  }
  assert {
    condition     = aws_vpc_security_group_ingress_rule.nodes.referenced_security_group_id == "sg-0aaa" && aws_vpc_security_group_ingress_rule.nodes.cidr_ipv4 == null
    error_message = "others than the nodes may connect"
  }
  assert {
    condition     = anytrue([for parameter in aws_db_parameter_group.this.parameter : parameter.name == "rds.force_ssl" && parameter.value == "1"]) && aws_db_parameter_group.this.family == "postgres17"
    error_message = "connections without TLS are taken"
  }
}

run "takes_a_last_snapshot_while_it_is_protected" {
  assert {
    condition     = aws_db_instance.this.deletion_protection && !aws_db_instance.this.skip_final_snapshot
    error_message = "the record could be lost"
  }
}
