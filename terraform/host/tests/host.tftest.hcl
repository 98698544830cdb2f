# The plan of a host, with a mock provider: no account, no network.

mock_provider "aws" {
  source = "./tests/aws"
}

variables {
  region      = "eu-central-1"
  release_url = "https://example.com/coppice.tar.gz"
}

run "opens_no_port_by_default" {
  assert {
    condition     = length(aws_vpc_security_group_ingress_rule.open) == 0
    error_message = "a port is open although no network was given"
  }
}

run "opens_each_port_only_to_the_given_networks" {
  variables {
    gateway_cidrs    = ["203.0.113.7/32", "198.51.100.0/24"]
    page_cidrs       = ["203.0.113.7/32"]
    prometheus_cidrs = ["10.0.0.0/8"]
  }
  assert {
    condition = toset([for rule in aws_vpc_security_group_ingress_rule.open : "${rule.from_port}-${rule.to_port} ${rule.cidr_ipv4}"]) == toset([
      "5000-5000 203.0.113.7/32", "5000-5000 198.51.100.0/24", "8501-8501 203.0.113.7/32", "9090-9090 10.0.0.0/8",
    ])
    error_message = "the rules differ from the variables"
  }
}

run "opens_ssh_only_when_set" {
  variables {
    ssh_cidrs    = ["203.0.113.7/32"]
    ssh_key_name = "mine"
  }
  assert {
    condition     = [for rule in aws_vpc_security_group_ingress_rule.open : rule.from_port] == [22] && aws_instance.host.key_name == "mine"
    error_message = "port 22 should be open to the one network"
  }
}

run "with_a_domain_serves_443_and_binds_the_rest_to_loopback" {
  variables {
    domain      = "models.example.com"
    https_cidrs = ["203.0.113.7/32"]
  }
  assert {
    condition     = toset([for rule in aws_vpc_security_group_ingress_rule.open : "${rule.from_port} ${rule.cidr_ipv4}"]) == toset(["443 203.0.113.7/32", "80 0.0.0.0/0"])
    error_message = "443 should be open to the given networks, 80 to all for certificates"
  }
  assert {
    condition     = strcontains(local.user_data, "COMPOSE_PROFILES=tls") && strcontains(local.user_data, "DOMAIN=models.example.com") && strcontains(local.user_data, "BIND_ADDRESS=127.0.0.1")
    error_message = "the settings do not turn TLS on"
  }
  assert {
    condition     = output.page_url == "https://models.example.com" && output.gateway_url == "https://models.example.com/api"
    error_message = "the outputs should name the domain"
  }
}

run "encrypts_and_requires_imdsv2" {
  assert {
    condition     = aws_instance.host.metadata_options[0].http_tokens == "required"
    error_message = "IMDSv1 is allowed"
  }
  assert {
    condition     = aws_instance.host.root_block_device[0].encrypted && aws_instance.host.root_block_device[0].volume_type == "gp3" && aws_ebs_volume.data.encrypted && aws_ebs_volume.data.type == "gp3"
    error_message = "a volume is not encrypted gp3"
  }
}

run "picks_the_image_for_graviton" {
  variables {
    instance_type = "t4g.medium"
  }
  assert {
    condition     = endswith(data.aws_ssm_parameter.ami.name, "-arm64")
    error_message = "Graviton needs the arm64 image"
  }
}

run "picks_the_image_for_x86" {
  variables {
    instance_type = "m6i.large"
  }
  assert {
    condition     = endswith(data.aws_ssm_parameter.ami.name, "-x86_64")
    error_message = "m6i needs the x86-64 image"
  }
}

run "writes_the_weights" {
  variables {
    weights = { v1 = 90, v2 = 10, v3 = 0 }
  }
  assert {
    condition     = strcontains(local.user_data, "MODEL_V1_WEIGHT=90\nMODEL_V2_WEIGHT=10\nMODEL_V3_WEIGHT=0\n")
    error_message = "the weights are not in the settings"
  }
}

run "keeps_secrets_out_of_user_data" {
  variables {
    admin_token_parameter = "/coppice/admin-token"
    api_keys_parameter    = "/coppice/api-keys"
  }
  assert {
    condition     = strcontains(local.user_data, "$(parameter '/coppice/admin-token')") && strcontains(local.user_data, "$(parameter '/coppice/api-keys')")
    error_message = "the secrets should be read from Parameter Store at start"
  }
  assert {
    # ADMIN_TOKEN= and API_KEYS= are followed by a printf placeholder, never by a value
    condition     = length(regexall("(ADMIN_TOKEN|API_KEYS)=[^%]", local.user_data)) == 0
    error_message = "a secret's value is in user data"
  }
  assert {
    condition     = length(aws_iam_role_policy.secrets) == 1
    error_message = "the host may not read its secrets"
  }
  assert {
    condition = toset(data.aws_iam_policy_document.secrets[0].statement[0].resources) == toset([
      "arn:aws:ssm:eu-central-1:123456789012:parameter/coppice/admin-token",
      "arn:aws:ssm:eu-central-1:123456789012:parameter/coppice/api-keys",
    ])
    error_message = "the host may read other parameters than its own"
  }
}

run "without_secrets_may_read_no_parameter" {
  assert {
    condition     = length(aws_iam_role_policy.secrets) == 0 && !strcontains(local.user_data, "$(parameter ")
    error_message = "there is nothing to read"
  }
}

run "session_manager_reads_no_parameter" {
  assert {
    condition = toset(data.aws_iam_policy_document.session_manager.statement[0].actions) == toset([
      "ssm:UpdateInstanceInformation",
      "ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel",
      "ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel",
    ]) && length(data.aws_iam_policy_document.session_manager.statement) == 1
    error_message = "Session Manager needs these five actions, and no other"
  }
  assert {
    condition     = aws_iam_role_policy.session_manager.role == aws_iam_role.host.id
    error_message = "the host's role lacks the policy"
  }
}

run "pulls_from_ecr_only_when_allowed" {
  variables {
    ecr_pull = true
    registry = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/"
  }
  assert {
    condition     = length(aws_iam_role_policy_attachment.ecr_pull) == 1 && strcontains(local.user_data, "docker login --username AWS --password-stdin '123456789012.dkr.ecr.eu-central-1.amazonaws.com'")
    error_message = "the host cannot pull"
  }
  assert {
    condition     = strcontains(local.user_data, "up --detach --wait --pull always --no-build")
    error_message = "with a registry the host should pull, not build"
  }
}

run "builds_without_a_registry" {
  assert {
    condition     = length(aws_iam_role_policy_attachment.ecr_pull) == 0 && strcontains(local.user_data, "up --detach --wait --build")
    error_message = "without a registry the host should build"
  }
}

run "recovers_and_takes_snapshots_by_default" {
  assert {
    condition     = toset(keys(aws_cloudwatch_metric_alarm.recovery)) == toset(["recover", "reboot"]) && contains(aws_cloudwatch_metric_alarm.recovery["recover"].alarm_actions, "arn:aws:automate:eu-central-1:ec2:recover")
    error_message = "no recovery alarm"
  }
  assert {
    condition     = length(aws_dlm_lifecycle_policy.data) == 1 && aws_dlm_lifecycle_policy.data[0].policy_details[0].schedule[0].retain_rule[0].count == 7
    error_message = "no daily snapshots"
  }
  assert {
    condition     = aws_ebs_volume.data.tags["Snapshots"] == aws_dlm_lifecycle_policy.data[0].policy_details[0].target_tags["Snapshots"]
    error_message = "the snapshot policy does not match the data volume"
  }
}

run "alarm_and_snapshots_can_be_switched_off" {
  variables {
    recovery_alarm = false
    snapshot_days  = 0
  }
  assert {
    condition     = length(aws_cloudwatch_metric_alarm.recovery) == 0 && length(aws_dlm_lifecycle_policy.data) == 0 && length(aws_iam_role.snapshots) == 0
    error_message = "a resource exists although it is switched off"
  }
}

run "notifies_a_topic_when_set" {
  variables {
    alarm_topic_arn = "arn:aws:sns:eu-central-1:123456789012:ops"
  }
  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.recovery : contains(alarm.alarm_actions, "arn:aws:sns:eu-central-1:123456789012:ops")])
    error_message = "the alarm does not notify the topic"
  }
}
