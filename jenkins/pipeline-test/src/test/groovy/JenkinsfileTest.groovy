import org.junit.Test

class JenkinsfileTest extends DeclarativePipelineTest {
    static final STAGES = ['Checkout', 'Setup', 'Train Models', 'Test', 'Build', 'Push', 'Deploy', 'Health Check', 'Smoke Test', 'Rollout']
    static final LONG = [
        'Checkout', 'Setup', 'Verify Environment', 'MLflow Reachable', 'DVC Pull', 'Train Models', 'Test', 'Show Metrics', 'Registry Check',
        'Approve', 'Promote', 'DVC Push', 'Build', 'Test Image', 'Push', 'Deploy', 'Health Check', 'Smoke Test', 'Rollout',
    ]
    static final CLUSTER_STAGES = ['ECR Login', 'Deploy Kubernetes', 'Smoke Test Kubernetes']
    static final ECR = [DEPLOY_TO: 'kubernetes', REGISTRY: '123456789012.dkr.ecr.eu-central-1.amazonaws.com/', CLUSTER: 'coppice', CLUSTER_REGION: 'eu-central-1']
    static final SETTINGS = [MLFLOW_TRACKING_URI: 'https://mlflow.example', DVC_REMOTE: 's3://bucket/dvc', REGISTRY_URL: 's3://bucket/models']
    static final REGISTRY = [REGISTRY: 'registry.example/', ROLLOUT: 'v2']
    static final ALL = REGISTRY + SETTINGS

    @Test
    void 'the nine stages and a rollout run in order when there is a registry of images'() {
        assert runPipeline(REGISTRY) == 'SUCCESS'
        assert stagesRun == STAGES
        assert !log.any { it.startsWith('credentials mlflow') }
    }

    @Test
    void 'with MLflow, DVC and a registry of releases the long list runs in its order'() {
        assert runPipeline(ALL) == 'SUCCESS'
        assert stagesRun == LONG
    }

    @Test
    void 'the settings of Jenkins do the same as parameters, which come first'() {
        env.putAll(SETTINGS.collectEntries { name, value -> ["DEFAULT_$name".toString(), value] })
        runPipeline(REGISTRY + [DVC_REMOTE: 's3://another/dvc'])
        assert stagesRun == LONG
        assert env.DVC_REMOTE == 's3://another/dvc'
        assert env.REGISTRY_URL == SETTINGS.REGISTRY_URL
    }

    @Test
    void 'each setting brings its own stages'() {
        def always = STAGES - 'Push' - 'Rollout'
        [
            MLFLOW_TRACKING_URI: ['Verify Environment', 'MLflow Reachable', 'Show Metrics', 'Test Image'],
            DVC_REMOTE: ['Verify Environment', 'DVC Pull', 'Show Metrics', 'DVC Push', 'Test Image'],
            REGISTRY_URL: ['Verify Environment', 'Show Metrics', 'Registry Check', 'Approve', 'Promote', 'Test Image'],
        ].each { setting, stages ->
            [scripts, stagesRun, log, env, environmentGiven]*.clear()
            assert runPipeline([(setting): SETTINGS[setting]]) == 'SUCCESS'
            assert stagesRun == LONG.findAll { it in always + stages }
        }
    }

    @Test
    void 'a person approves by the lines of the gate, before anything is promoted'() {
        runPipeline(ALL)
        def asked = log.findIndexOf { it.startsWith('input Approve') }
        assert log[asked].contains('contents of reports/gate.txt')
        assert log.indexOf('sh jenkins/stages/registry-check.sh') < asked
        assert asked < log.indexOf('sh jenkins/stages/approve.sh')
        assert env.APPROVED_BY == 'alice'
    }

    @Test
    void 'a release that a person refuses is neither approved nor promoted, and nothing is deployed'() {
        helper.registerAllowedMethod('input', [Map]) { Map question -> throw new RuntimeException('Rejected by somebody') }
        runPipeline(ALL)
        assert stagesRun.last() == 'Approve'
        assert !scripts.any { it.contains('approve') || it.contains('promote') || it.contains('deploy') }
    }

    @Test
    void 'nobody is asked where the champion is the newest release, or the promotion is skipped'() {
        missingFiles << 'reports/candidate.env'
        runPipeline(ALL)
        assert stagesRun == LONG - 'Approve' - 'Promote'
        [scripts, stagesRun, log, missingFiles]*.clear()
        runPipeline(ALL + [SKIP_PROMOTE: true])
        assert stagesRun == LONG - 'Approve' - 'Promote'
    }

    @Test
    void 'a stage of the long list that fails ends the build with its cause, before the deploy'() {
        LONG[2..13].findAll { it != 'Test' }.each { stage ->
            [scripts, stagesRun, log, failing]*.clear()
            build.result = 'SUCCESS'
            build.description = null
            failing << "jenkins/stages/${stage.toLowerCase().replace(' ', '-')}.sh".toString()
            assert runPipeline(ALL) == 'FAILURE'
            assert stagesRun.last() == stage
            assert !scripts.contains('jenkins/stages/rollback.sh')
            assert build.description == 'contents of reports/failure.txt'
        }
    }

    @Test
    void 'only the stages that need the logins of MLflow and the store see them'() {
        runPipeline(ALL)
        def given = log.findIndexValues { it == 'credentials mlflow store' }.collect { log[it.intValue() + 1] }
        assert given == ['mlflow-reachable', 'dvc-pull', 'train-models', 'show-metrics', 'registry-check', 'approve', 'promote', 'dvc-push']
            .collect { "sh jenkins/stages/${it}.sh".toString() }
    }

    @Test
    void 'each stage runs the one script of its name'() {
        runPipeline(ALL)
        assert scripts == LONG.collect { "jenkins/stages/${it.toLowerCase().replace(' ', '-')}.sh".toString() }
        scripts.each { assert new File('../..', it).canExecute() }
    }

    @Test
    void 'nothing is pushed without a registry'() {
        runPipeline()
        assert stagesRun == STAGES - 'Push' - 'Rollout'
        assert !log.contains('credentials registry')
    }

    @Test
    void 'a push can be skipped'() {
        runPipeline(REGISTRY + [SKIP_PUSH: true])
        assert stagesRun == STAGES - 'Push'
    }

    @Test
    void 'the push alone sees the registry credentials'() {
        runPipeline(REGISTRY)
        assert log.indexOf('credentials registry') == log.indexOf('sh jenkins/stages/push.sh') - 1
    }

    @Test
    void 'production waits for approval between push and deploy'() {
        runPipeline(REGISTRY + [DEPLOY_ENV: 'production'])
        def asked = log.findIndexOf { it.startsWith('input ') }
        assert log.indexOf('sh jenkins/stages/push.sh') < asked
        assert asked == log.indexOf('sh jenkins/stages/deploy.sh') - 1
    }

    @Test
    void 'staging needs no approval'() {
        runPipeline(DEPLOY_ENV: 'staging')
        assert !log.any { it.startsWith('input ') }
    }

    @Test
    void 'a refusal leaves the running version untouched'() {
        helper.registerAllowedMethod('input', [Map]) { Map question -> throw new RuntimeException('Rejected by somebody') }
        runPipeline(DEPLOY_ENV: 'production')
        assert !scripts.contains('jenkins/stages/deploy.sh')
        assert !stagesRun.contains('Health Check')
    }

    @Test
    void 'a deploy, health check or smoke test that fails is rolled back once and fails the build with its cause'() {
        ['Deploy', 'Health Check', 'Smoke Test'].each { stage ->
            [scripts, stagesRun, log, failing]*.clear()
            build.result = 'SUCCESS'
            failing << "jenkins/stages/${stage.toLowerCase().replace(' ', '-')}.sh".toString()
            assert runPipeline() == 'FAILURE'
            assert stagesRun.last() == stage
            assert scripts.takeRight(2) == [failing.first(), 'jenkins/stages/rollback.sh']
            assert build.description == 'contents of reports/failure.txt'
        }
    }

    @Test
    void 'a rollout that fails is the failure of the build, and the deploy stays'() {
        failing << 'jenkins/stages/rollout.sh'
        assert runPipeline(ROLLOUT: 'v2') == 'FAILURE'
        assert stagesRun.last() == 'Rollout'
        assert !scripts.contains('jenkins/stages/rollback.sh')
        assert build.description == 'contents of reports/failure.txt'
    }

    @Test
    void 'to a cluster the chart is deployed and checked, and nothing runs on this host'() {
        assert runPipeline(DEPLOY_TO: 'kubernetes', REGISTRY: 'registry.example/', ROLLOUT: 'v2') == 'SUCCESS'
        assert stagesRun == STAGES[0..5] + ['Deploy Kubernetes', 'Smoke Test Kubernetes']
        assert scripts.takeRight(2) == ['jenkins/stages/deploy-kubernetes.sh', 'jenkins/stages/smoke-test-kubernetes.sh']
        scripts.each { assert new File('../..', it).canExecute() }
        assert !log.contains('credentials delivery')
    }

    @Test
    void 'only the stages for ECR and EKS see the keys of AWS, and ECR needs no other login'() {
        runPipeline(ECR)
        assert stagesRun == STAGES[0..4] + ['ECR Login', 'Push', 'Deploy Kubernetes', 'Smoke Test Kubernetes']
        def given = log.findIndexValues { it == 'credentials delivery' }.collect { log[it.intValue() + 1] }
        assert given == ['ecr-login', 'deploy-kubernetes', 'smoke-test-kubernetes'].collect { "sh jenkins/stages/${it}.sh".toString() }
        assert !log.contains('credentials registry')
        assert [env.CLUSTER, env.CLUSTER_REGION] == ['coppice', 'eu-central-1']
    }

    @Test
    void 'production waits for approval before the cluster, too'() {
        runPipeline(ECR + [DEPLOY_ENV: 'production'])
        def asked = log.findIndexOf { it.startsWith('input ') }
        assert log.indexOf('sh jenkins/stages/push.sh') < asked
        assert asked < log.indexOf('sh jenkins/stages/deploy-kubernetes.sh')
    }

    @Test
    void 'a deploy or smoke test of the cluster that fails is rolled back once and fails the build with its cause'() {
        ['Deploy Kubernetes', 'Smoke Test Kubernetes'].each { stage ->
            [scripts, stagesRun, log, failing]*.clear()
            build.result = 'SUCCESS'
            failing << "jenkins/stages/${stage.toLowerCase().replace(' ', '-')}.sh".toString()
            assert runPipeline(ECR) == 'FAILURE'
            assert stagesRun.last() == stage
            assert scripts.takeRight(2) == [failing.first(), 'jenkins/stages/rollback-kubernetes.sh']
            assert build.description == 'contents of reports/failure.txt'
        }
    }

    @Test
    void 'a failure before the deploy is not rolled back'() {
        ['Setup', 'Train Models', 'Test', 'Build'].each { stage ->
            [scripts, stagesRun, failing]*.clear()
            build.result = 'SUCCESS'
            failing << "jenkins/stages/${stage.toLowerCase().replace(' ', '-')}.sh".toString()
            assert runPipeline() == 'FAILURE'
            assert stagesRun.last() == stage
            assert !scripts.contains('jenkins/stages/rollback.sh')
        }
    }

    @Test
    void 'weights, registry, tag, skip-push and environment are parameters and reach the scripts'() {
        runPipeline(MODEL_V1_WEIGHT: '90', MODEL_V2_WEIGHT: '10', REGISTRY: 'r/', TAG: 'v7', SKIP_PUSH: true, DEPLOY_ENV: 'production', ROLLOUT: 'v2')
        assert parametersDeclared.collectEntries { [it.key, it.value.kind] } == [
            MODEL_V1_WEIGHT: 'string', MODEL_V2_WEIGHT: 'string', REGISTRY: 'string', TAG: 'string',
            SKIP_PUSH: 'booleanParam', ROLLOUT: 'string', DEPLOY_ENV: 'choice', MLFLOW_TRACKING_URI: 'string', DVC_REMOTE: 'string',
            REGISTRY_URL: 'string', RELEASE: 'string', SKIP_PROMOTE: 'booleanParam',
            DEPLOY_TO: 'choice', CLUSTER: 'string', CLUSTER_REGION: 'string', NAMESPACE: 'string', VALUES: 'string',
        ]
        assert parametersDeclared.DEPLOY_TO.choices == ['compose', 'kubernetes']
        assert parametersDeclared.DEPLOY_ENV.choices == ['staging', 'production']
        assert environmentGiven.collectEntries { [it.key, it.value.toString()] } == [
            COMPOSE_PROJECT_NAME: 'coppice', MODEL_V1_WEIGHT: '90', MODEL_V2_WEIGHT: '10', REGISTRY: 'r/', TAG: 'v7',
            SKIP_PUSH: 'true', DEPLOY_ENV: 'production', ROLLOUT: 'v2', MLFLOW_TRACKING_URI: '', DVC_REMOTE: '', REGISTRY_URL: '', RELEASE: '',
            CLUSTER: '', CLUSTER_REGION: '', NAMESPACE: '', VALUES: '',
        ]
    }

    @Test
    void 'every stage and the whole have a time limit, builds run one at a time and old ones are discarded'() {
        runPipeline(ALL)
        assert agents == ['docker']
        assert timeouts.keySet() == (LONG + CLUSTER_STAGES + 'pipeline') as Set
        assert pipelineOptions.containsKey('disableConcurrentBuilds')
        assert pipelineOptions.buildDiscarder[0].numToKeepStr.toInteger() > 0
    }

    @Test
    void 'test results and coverage are published when the tests fail too'() {
        failing << 'jenkins/stages/test.sh'
        runPipeline()
        assert log.contains('junit reports/junit/*.xml')
        assert log.contains('coverage reports/coverage/cobertura-coverage.xml')
    }

    @Test
    void 'models, reports and SBOMs are archived'() {
        runPipeline()
        def archived = log.findAll { it.startsWith('archive ') }.join(' ')
        ['reports/models.tar.gz', 'reports/junit/**', 'reports/coverage/**', 'reports/sbom/*.json'].each { assert archived.contains(it) }
    }
}
