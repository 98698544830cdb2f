import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '@coppice/testkit/programs/run-command';
import { copyStacks, initStack } from '@coppice/testkit/terraform/copy-stacks';
import { type Moto, startMoto } from '@coppice/testkit/terraform/start-moto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

// Mostly waiting: the provider looks at what it made every 10 seconds, so both stacks are applied at once.
describe.concurrent('applied to an emulator of AWS', () => {
  let moto: Moto;
  const copy = copyStacks();
  const inStack = (stack: string, ...args: string[]) =>
    run('terraform', args, { AWS_ENDPOINT_URL: moto.url, AWS_EC2_METADATA_DISABLED: 'true' }, join(copy, stack));

  beforeAll(async () => {
    moto = await startMoto();
    cpSync(join(copy, 'emulator/eks'), join(copy, 'modules/eks'), { recursive: true });
    for (const stack of ['host', 'cluster'])
      cpSync(join(copy, 'emulator/provider_override.tf'), join(copy, stack, 'provider_override.tf'));
    await Promise.all(['host', 'cluster'].map((stack) => initStack(join(copy, stack))));
  });

  afterAll(async () => {
    await moto?.stop();
    rmSync(copy, { recursive: true, force: true });
  });

  it('the host stack makes one host with two encrypted volumes, an address and its alarms, and leaves nothing', async () => {
    const variables = {
      ...{ region: 'eu-central-1', name: 'one', snapshot_days: 0 },
      release_url: 'https://example.com/coppice.tar.gz',
      page_cidrs: ['203.0.113.7/32'],
    };
    writeFileSync(join(copy, 'host/terraform.tfvars.json'), JSON.stringify(variables));
    await inStack('host', 'apply', '-auto-approve', '-input=false', '-no-color');

    const ofHost = { 'Filter.1.Name': 'tag:Project', 'Filter.1.Value.1': 'one' };
    const ec2 = (action: string) => moto.query('ec2', '2016-11-15', action, ofHost);
    const instance = await ec2('DescribeInstances');
    expect(tags(instance, 'instanceType')).toEqual(['t3.medium']);
    const volume = await ec2('DescribeVolumes');
    expect(tags(volume, 'encrypted')).toContain('true');
    expect(tags(volume, 'encrypted')).not.toContain('false');
    expect(tags(await ec2('DescribeAddresses'), 'publicIp')).toHaveLength(1);
    expect(tags(await ec2('DescribeSecurityGroups'), 'cidrIp')).toContain('203.0.113.7/32');
    expect(await moto.query('monitoring', '2010-08-01', 'DescribeAlarms')).toContain('one-recover');

    await inStack('host', 'destroy', '-auto-approve', '-input=false', '-no-color');
    expect(tags(await ec2('DescribeVolumes'), 'volumeId')).toEqual([]);
    expect(tags(await ec2('DescribeAddresses'), 'publicIp')).toEqual([]);
  });

  it('the cluster stack makes network, cluster, nodes, repositories, bucket, database and roles, and leaves nothing', async () => {
    const variables = {
      ...{ region: 'eu-central-1', name: 'many', namespace: 'models' },
      admin_arns: ['arn:aws:iam::123456789012:role/admin'],
      database: { deletion_protection: false },
      github: { repository: 'you/coppice' },
    };
    writeFileSync(join(copy, 'cluster/terraform.tfvars.json'), JSON.stringify(variables));
    await inStack('cluster', 'apply', '-auto-approve', '-input=false', '-no-color');

    const ofCluster = { 'Filter.1.Name': 'tag:Project', 'Filter.1.Value.1': 'many' };
    const ec2 = (action: string) => moto.query('ec2', '2016-11-15', action, ofCluster);
    expect(tags(await ec2('DescribeVpcs'), 'vpcId')).not.toEqual([]);
    expect(tags(await ec2('DescribeSubnets'), 'cidrBlock').sort()).toEqual([
      '10.20.0.0/19',
      '10.20.224.0/22',
      '10.20.228.0/22',
      '10.20.32.0/19',
    ]);
    expect(tags(await ec2('DescribeNatGateways'), 'natGatewayId')).toHaveLength(1);
    expect(tags(await ec2('DescribeFlowLogs'), 'trafficType')).toEqual(['ALL']);

    const { cluster } = JSON.parse(await moto.get('eks', '/clusters/many'));
    expect(cluster).toMatchObject({
      version: '1.36',
      resourcesVpcConfig: { endpointPrivateAccess: true, endpointPublicAccess: false },
      encryptionConfig: [{ resources: ['secrets'] }],
    });
    const { nodegroups } = JSON.parse(await moto.get('eks', '/clusters/many/node-groups'));
    expect(nodegroups).toHaveLength(1);

    const { repositories } = (await moto.json('ecr', 'AmazonEC2ContainerRegistry_V20150921.DescribeRepositories')) as {
      repositories: object[];
    };
    expect(repositories).toHaveLength(6);
    expect(repositories).toContainEqual(
      expect.objectContaining({
        repositoryName: 'coppice-gateway',
        imageTagMutability: 'IMMUTABLE',
        imageScanningConfiguration: { scanOnPush: true },
      }),
    );
    const bucket = '/many-releases-123456789012';
    expect(await moto.get('s3', `${bucket}?versioning`)).toContain('Enabled');
    expect(await moto.get('s3', `${bucket}?encryption`)).toContain('aws:kms');
    expect(await moto.get('s3', `${bucket}?policy`)).toContain('aws:SecureTransport');
    expect(tags(await moto.get('s3', `${bucket}?lifecycle`), 'NoncurrentDays')).toEqual(['90']);

    const database = await moto.query('rds', '2014-10-31', 'DescribeDBInstances');
    expect(tags(database, 'PubliclyAccessible')).toEqual(['false']);
    expect(tags(database, 'StorageEncrypted')).toEqual(['true']);
    const state = readFileSync(join(copy, 'cluster/terraform.tfstate'), 'utf8');
    expect(state).not.toMatch(/"password": "/);

    const trust = async (role: string) =>
      decodeURIComponent(await moto.query('iam', '2010-05-08', 'GetRole', { RoleName: role }));
    expect(await trust('many-gateway')).toContain('system:serviceaccount:models:coppice-gateway');
    expect(await trust('many-delivery')).toContain('repo:you/coppice:environment:production');
    const roles = await moto.query('iam', '2010-05-08', 'ListRoles');
    for (const role of tags(roles, 'RoleName').filter((name) => name.startsWith('many-')))
      expect(await moto.query('iam', '2010-05-08', 'ListAttachedRolePolicies', { RoleName: role })).not.toContain(
        'FullAccess',
      );

    await inStack('cluster', 'destroy', '-auto-approve', '-input=false', '-no-color');
    expect(tags(await ec2('DescribeSubnets'), 'subnetId')).toEqual([]);
    expect(JSON.parse(await moto.get('eks', '/clusters'))).toEqual({ clusters: [] });
    expect(tags(await moto.query('iam', '2010-05-08', 'ListRoles'), 'RoleName')).not.toContain('many-gateway');
  });
});

/** The texts of all elements of this name. */
const tags = (xml: string, name: string) =>
  [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(([, text]) => text as string);
